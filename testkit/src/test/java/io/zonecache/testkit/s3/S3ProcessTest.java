package io.zonecache.testkit.s3;

import io.zonecache.testkit.process.Workspace;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class S3ProcessTest extends S3ControlContract {

    private final Workspace workspace = Workspace.create("s3-process-test");

    @Override
    S3Control start() {
        return S3Process.start(workspace, S3Options.defaults());
    }

    @AfterAll
    void end() {
        workspace.close();
    }
}
