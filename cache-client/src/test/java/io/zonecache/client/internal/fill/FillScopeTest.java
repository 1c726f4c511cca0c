package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.internal.fill.FillScope.Resource;
import io.zonecache.client.internal.lease.Activity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FillScopeTest {

    private final Activity activity = new Activity();
    private final FillScope scope = new FillScope(activity);
    private final List<String> released = new ArrayList<>();

    @Test
    void shouldReleaseAllOnceInItsOrder() {
        scope.own(Resource.MEMORY, () -> released.add("memory"));
        scope.own(Resource.SLOT, () -> released.add("slot"));
        scope.own(Resource.TIMER, () -> released.add("timer"));
        scope.release(Resource.TIMER);
        scope.close();
        scope.close();
        assertThat(released).containsExactly("timer", "slot", "memory");
        assertThat(activity.count()).isZero();
    }

    @Test
    void shouldReleaseWhatComesTooLateAtOnce() {
        scope.close();
        scope.own(Resource.LEASE, () -> released.add("lease"));
        assertThat(released).containsExactly("lease");
        assertThat(scope.has(Resource.LEASE)).isFalse();
    }

    @Test
    void shouldReleaseWhatIsReplaced() {
        scope.own(Resource.TIMER, () -> released.add("first"));
        scope.own(Resource.TIMER, () -> released.add("second"));
        assertThat(released).containsExactly("first");
        assertThat(scope.has(Resource.TIMER)).isTrue();
    }

    @Test
    void shouldReleaseTheRestWhereOneThrows() {
        scope.own(Resource.SLOT, () -> {
            throw new OutOfMemoryError("slot");
        });
        scope.own(Resource.MEMORY, () -> released.add("memory"));
        assertThatThrownBy(scope::close).isInstanceOf(OutOfMemoryError.class);
        assertThat(released).containsExactly("memory");
        assertThat(activity.count()).isZero();
    }
}
