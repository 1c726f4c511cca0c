package io.zonecache.membership.hazelcast;

import io.zonecache.membership.Membership;
import io.zonecache.membership.MembershipContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class HazelcastMembershipTest extends MembershipContract {

    @TempDir
    Path directory;

    private TestZone zone;

    @BeforeEach
    void openZone() {
        zone = new TestZone(directory, 2);
    }

    @AfterEach
    void closeZone() {
        zone.close();
    }

    @Override
    protected Membership membership() {
        return zone.startAll().get(0);
    }
}
