package io.zonecache.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class WindowTest {

    private final List<Integer> taken = new ArrayList<>();
    private final Window<Integer> window = new Window<>(2, taken::add);

    @Test
    void shouldHandOnResultsInTheOrderOfTheirBeginning() throws Exception {
        CompletableFuture<Integer> slow = new CompletableFuture<>();
        window.add(slow);
        window.add(CompletableFuture.completedFuture(2));
        slow.complete(1);
        window.makeRoom();
        assertThat(taken).containsExactly(1);
        window.add(CompletableFuture.completedFuture(3));

        window.drain();

        assertThat(taken).containsExactly(1, 2, 3);
    }

    @Test
    void shouldEndWithTheFirstFailure() {
        window.add(CompletableFuture.failedFuture(new CommandException("lost")));
        window.add(CompletableFuture.completedFuture(2));

        assertThatThrownBy(window::drain)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("lost");
        assertThat(taken).isEmpty();
    }
}
