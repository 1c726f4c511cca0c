package io.zonecache.cli.demo;

import io.zonecache.cli.demo.worker.Lines;
import io.zonecache.cli.demo.worker.WorkerMain;
import io.zonecache.cli.demo.worker.WorkerSetup;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Node, worker and S3 server in one process, once, so that a JVM which is told to leaves the classes of them all in an archive: eleven JVMs
 * that start together from it take a third less of the machine. The launcher runs it after a build.
 */
public final class Rehearsal {

    private static final int CHUNKS = 8;

    private Rehearsal() {}

    public static void main(String[] args) throws IOException {
        // The workspace goes when this process does.
        Workspace workspace = Workspace.create("zonecache-rehearsal");
        S3Server s3 = S3Server.start(S3Options.defaults());
        List<Integer> ports = Ports.free(4);
        startNode(workspace.root().resolve("data"), ports);
        // In place of the environment that a worker process gets.
        System.setProperty("aws.accessKeyId", S3Control.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3Control.SECRET_KEY);
        System.setProperty("aws.region", S3Control.REGION);
        List<String> keys = DemoOrigin.storeWarmUp(s3, 1, CHUNKS).stream()
                .map(ChunkKey::toHex)
                .toList();
        WorkerSetup setup = new WorkerSetup(
                List.of("127.0.0.1:" + ports.get(0)),
                DemoOrigin.LOCATION,
                s3.endpoint().toString(),
                Files.write(workspace.root().resolve("keys"), keys).toString(),
                keys,
                1,
                DemoPlan.standard().readsInFlight(),
                DemoPlan.standard().deadlineMillis());
        WorkerMain.main(new String[] {Lines.write(setup)});
    }

    /** With a peer that never answers: alone, it would not load its membership. */
    private static void startNode(Path data, List<Integer> ports) {
        String[] arguments = {
            "--zone=" + DemoZone.NAME,
            "--data-dir=" + data,
            "--port=" + ports.get(0),
            "--admin-port=" + ports.get(1),
            "--cluster-port=" + ports.get(2),
            "--peers=127.0.0.1:" + ports.get(2) + ",127.0.0.1:" + ports.get(3),
            "--expected-nodes=1"
        };
        Thread node = new Thread(() -> io.zonecache.server.Main.main(arguments), "node");
        node.setDaemon(true);
        node.start();
    }
}
