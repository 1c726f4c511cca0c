package io.zonecache.testkit.s3;

import io.vertx.core.json.JsonObject;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Workspace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The S3 server in a process of its own, which belongs to a {@link Workspace}. */
public final class S3Process implements S3Control {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private final ManagedProcess process;
    private final URI endpoint;
    private final URI control;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private S3Process(ManagedProcess process, JsonObject ready) {
        this.process = process;
        this.endpoint = URI.create(ready.getString("endpoint"));
        this.control = URI.create(ready.getString("control"));
    }

    /** Starts it and returns when it answers. */
    public static S3Process start(Workspace workspace, S3Options options) {
        ManagedProcess process = workspace.start(
                "s3",
                JavaCommand.of(S3ServerMain.class)
                        .ignoringInterrupts()
                        .jvm("-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                        .jvm("-Dlogback.configurationFile=io/zonecache/testkit/s3/logback-warn.xml")
                        .arguments(options.toJson()));
        String ready = process.awaitLine(line -> line.startsWith("{"), START_TIMEOUT);
        return new S3Process(process, new JsonObject(ready));
    }

    public ManagedProcess process() {
        return process;
    }

    @Override
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public S3Counts counts() {
        return S3Counts.of(call("GET", "/counts", ""));
    }

    @Override
    public S3Counts reset() {
        return S3Counts.of(call("POST", "/reset", ""));
    }

    @Override
    public void setLatency(S3Latency latency) {
        call("PUT", "/latency", latency.toJson().encode());
    }

    @Override
    public void setFault(S3Fault fault) {
        call("PUT", "/fault", fault.name());
    }

    @Override
    public void close() {
        process.close();
    }

    private JsonObject call(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(control.resolve(path))
                .timeout(REQUEST_TIMEOUT)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("S3 server, " + method + " " + path + ": " + response.body());
            }
            return new JsonObject(response.body());
        } catch (IOException e) {
            throw new IllegalStateException("S3 server, " + method + " " + path + ": " + e + process.describeEnd(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
