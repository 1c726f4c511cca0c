package io.zonecache.cli.demo.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.testkit.oracle.ChunkOracle;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkerMainTest {

    private final ChunkOracle oracle = new ChunkOracle(1, 100);
    private final FakeSource source = new FakeSource(key -> ByteBuffer.wrap(oracle.chunk(0))).immediate();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PipedWriter commands = new PipedWriter();
    private CompletableFuture<Void> end;

    @BeforeEach
    void start() throws IOException {
        WorkerSetup setup = new WorkerSetup(List.of(), "", "", "", List.of(), 1, 4, 1_000);
        PipedReader in = new PipedReader(commands);
        WorkerMain worker = new WorkerMain(
                setup, source, List.of(oracle.key(0)), new PrintStream(out, true, StandardCharsets.UTF_8));
        end = CompletableFuture.runAsync(() -> {
            try {
                worker.serve(new BufferedReader(in));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> said(WorkerReport.Type.READY));
    }

    @AfterEach
    void stop() throws IOException {
        commands.close();
        end.join();
        assertThat(source.isClosed()).isTrue();
    }

    @Test
    void shouldReadUntilItIsToldToFinish() throws IOException {
        tell(WorkerCommand.run("warm", false));
        await().until(() -> reports().stream()
                .anyMatch(report -> report.type() == WorkerReport.Type.PROGRESS && report.done() > 0));
        assertThat(said(WorkerReport.Type.DONE)).isFalse();
        tell(WorkerCommand.finish());

        await().until(() -> said(WorkerReport.Type.DONE));
        Tally tally = Objects.requireNonNull(last().tally());
        assertThat(tally.reads()).isPositive().isEqualTo(last().done());
        assertThat(tally.wrongBytes()).isZero();
    }

    @Test
    void shouldEndByItselfWhenEveryChunkIsReadOnce() throws IOException {
        tell(WorkerCommand.run("cold", true));

        await().until(() -> said(WorkerReport.Type.DONE));
        assertThat(last().done()).isEqualTo(1);
    }

    @Test
    void shouldSayWhenItIsIdle() throws IOException {
        tell(WorkerCommand.idle());

        await().until(() -> said(WorkerReport.Type.IDLE));
    }

    @Test
    void shouldReadUntilNoNodeIsLeftOut() throws IOException {
        source.skippingNodes(3);
        tell(WorkerCommand.settle());

        await().until(() -> said(WorkerReport.Type.IDLE));
        assertThat(source.nodesSkipped()).isZero();
        assertThat(source.served().fromZone()).isEqualTo(3);
    }

    private void tell(WorkerCommand command) throws IOException {
        commands.write(Lines.write(command) + "\n");
        commands.flush();
    }

    private boolean said(WorkerReport.Type type) {
        return reports().stream().anyMatch(report -> report.type() == type);
    }

    private WorkerReport last() {
        List<WorkerReport> reports = reports();
        return reports.get(reports.size() - 1);
    }

    private List<WorkerReport> reports() {
        String text = out.toString(StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(line -> Lines.read(line, WorkerReport.class))
                .toList();
    }
}
