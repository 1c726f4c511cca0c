package io.zonecache.testkit.s3;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** The S3 server in this process: S3Proxy over memory, signatures checked, behind {@link S3Front}. */
public final class S3Server implements S3Control {

    private static final int MAX_S3PROXY_THREADS = 80;
    private static final long START_STOP_SECONDS = 30;

    private final Vertx vertx;
    private final S3Proxy s3proxy;
    private final TransientNio2BlobStore blobs;
    private final S3Counters counters = new S3Counters();
    private final S3Front front;
    private final URI endpoint;
    private final URI controlEndpoint;

    private S3Server(S3Options options) throws Exception {
        blobs = new TransientNio2BlobStore();
        blobs.createContainer(BUCKET);
        s3proxy = S3Proxy.builder()
                .blobStore(blobs)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
                .jettyMaxThreads(MAX_S3PROXY_THREADS)
                .build();
        vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        try {
            s3proxy.start();
            front = new S3Front(vertx, s3proxy.getPort(), counters);
            front.setLatency(options.latency());
            endpoint = URI.create("http://127.0.0.1:" + await(front.listen(options.port())));
            controlEndpoint = URI.create("http://127.0.0.1:"
                    + await(new S3ControlServer(vertx, counters, front).listen(options.controlPort())));
        } catch (Exception e) {
            s3proxy.stop();
            vertx.close();
            throw e;
        }
    }

    /** @throws IllegalStateException if it can't start, its port being in use for one */
    public static S3Server start(S3Options options) {
        try {
            return new S3Server(options);
        } catch (Exception e) {
            throw new IllegalStateException("S3 server on port " + options.port() + " did not start: " + e, e);
        }
    }

    @Override
    public URI endpoint() {
        return endpoint;
    }

    /** Puts an object into {@link #BUCKET}, as somebody else would: it is not counted. */
    public void put(String key, byte[] object) {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(BUCKET)
                .key(key)
                .contentLength((long) object.length)
                .build();
        blobs.putBlob(request, new ByteArrayInputStream(object));
    }

    URI controlEndpoint() {
        return controlEndpoint;
    }

    @Override
    public S3Counts counts() {
        return onLoop(counters::counts);
    }

    @Override
    public S3Counts reset() {
        return onLoop(counters::reset);
    }

    @Override
    public void setLatency(S3Latency latency) {
        front.setLatency(latency);
    }

    @Override
    public void setFault(S3Fault fault) {
        front.setFault(fault);
    }

    @Override
    public void close() {
        try {
            // Servers and clients go with it.
            await(vertx.close());
            s3proxy.stop();
            blobs.close();
        } catch (Exception e) {
            throw new IllegalStateException("S3 server did not stop: " + e, e);
        }
    }

    /** Counts change on the event loop alone, so what is asked there is exact. */
    private S3Counts onLoop(Supplier<S3Counts> question) {
        Promise<S3Counts> answer = Promise.promise();
        vertx.runOnContext(turn -> answer.complete(question.get()));
        try {
            return await(answer.future());
        } catch (Exception e) {
            throw new IllegalStateException("S3 server does not answer: " + e, e);
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(START_STOP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + START_STOP_SECONDS + " s", e);
        }
    }
}
