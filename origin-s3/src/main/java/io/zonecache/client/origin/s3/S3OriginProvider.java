package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginProvider;
import io.zonecache.client.origin.OriginSetting;
import io.zonecache.client.origin.OriginSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens {@code s3://BUCKET[/PREFIX]}. Its settings are those of {@link S3OriginOptions} that have a form as text. */
public final class S3OriginProvider implements OriginProvider {

    private static final String FLAG = "true or false";

    private static final OriginSetting ENDPOINT = new OriginSetting(
            "endpoint",
            "http://HOST[:PORT] or https://HOST[:PORT]",
            "An S3 server other than Amazon's. Default: what the SDK finds, such as AWS_ENDPOINT_URL_S3, or Amazon's.");
    private static final OriginSetting REGION = new OriginSetting(
            "region",
            "such as eu-central-1",
            "Default: the one that the SDK finds. With endpoint: that of environment or profile, else us-east-1.");
    private static final OriginSetting PATH_STYLE = new OriginSetting(
            "pathStyle", FLAG, "Whether the bucket is part of the path. Default: if there is an endpoint.");
    private static final OriginSetting CROSS_REGION = new OriginSetting(
            "crossRegion", FLAG, "Whether buckets of other regions are found. Default: if there is no endpoint.");
    private static final OriginSetting UNSIGNED = new OriginSetting(
            "unsigned", FLAG, "Whether requests carry no credentials, for public buckets. Default: false.");
    private static final OriginSetting REQUESTER_PAYS =
            new OriginSetting("requesterPays", FLAG, "Whether requests say that their sender pays. Default: false.");
    private static final OriginSetting CUSTOMER_KEY_FILE = new OriginSetting(
            "customerKeyFile",
            "a file of 32 bytes, or of their base64 or 64 hex digits",
            "The key with which S3 encrypts all that is read and written (SSE-C). Default: none.");
    private static final OriginSetting WRITE_BACK_ENCRYPTED = new OriginSetting(
            "writeBackEncrypted",
            FLAG,
            "Whether the zone may keep, not encrypted, what the customer key has decrypted. Default: false.");
    private static final OriginSetting PROXY = new OriginSetting(
            "proxy",
            "http://HOST:PORT",
            "A proxy of all connections. Default: what the SDK finds: http.proxyHost or HTTP_PROXY, for HTTPS too.");
    private static final OriginSetting CA_FILE = new OriginSetting(
            "caFile", "a PEM file", "Certificate authorities to trust besides those of the JDK. Default: none.");
    private static final OriginSetting CONNECT_TIMEOUT = new OriginSetting(
            "connectTimeoutMillis", "1..60000", "How long connecting may take, in milliseconds. Default: 1000.");
    private static final OriginSetting SDK_CHECKSUMS = new OriginSetting(
            "sdkChecksums",
            FLAG,
            "Whether the SDK adds and checks checksums of its own, and sends chunks as aws-chunked, which not every S3"
                    + " server takes. Default: false.");

    private static final List<OriginSetting> SETTINGS = Stream.concat(
                    Stream.of(
                            ENDPOINT,
                            REGION,
                            PATH_STYLE,
                            CROSS_REGION,
                            UNSIGNED,
                            REQUESTER_PAYS,
                            CUSTOMER_KEY_FILE,
                            WRITE_BACK_ENCRYPTED,
                            PROXY,
                            CA_FILE,
                            CONNECT_TIMEOUT,
                            SDK_CHECKSUMS),
                    OriginSetting.LIMITS.stream())
            .toList();

    @Override
    public String scheme() {
        return "s3";
    }

    @Override
    public String locationForm() {
        return S3Location.FORM;
    }

    @Override
    public List<OriginSetting> settings() {
        return SETTINGS;
    }

    @Override
    public Origin open(String location, OriginSettings settings) {
        return S3Origin.open(location, options(settings));
    }

    private static S3OriginOptions options(OriginSettings settings) {
        S3OriginOptions.Builder options = S3OriginOptions.builder()
                .limits(settings.limits())
                .endpoint(settings.uri(ENDPOINT))
                .region(settings.text(REGION))
                .pathStyle(flag(settings, PATH_STYLE))
                .crossRegion(flag(settings, CROSS_REGION))
                .unsigned(settings.flag(UNSIGNED, false))
                .requesterPays(settings.flag(REQUESTER_PAYS, false))
                .writeBackEncrypted(settings.flag(WRITE_BACK_ENCRYPTED, false))
                .proxy(settings.uri(PROXY))
                .caFile(path(settings, CA_FILE))
                .connectTimeoutMillis(settings.number(CONNECT_TIMEOUT, 1_000))
                .sdkChecksums(settings.flag(SDK_CHECKSUMS, false));
        settings.check();
        Path keyFile = path(settings, CUSTOMER_KEY_FILE);
        return options.customerKey(keyFile == null ? null : CustomerKey.read(keyFile))
                .build();
    }

    private static @Nullable Boolean flag(OriginSettings settings, OriginSetting setting) {
        return settings.text(setting) == null ? null : settings.flag(setting, false);
    }

    private static @Nullable Path path(OriginSettings settings, OriginSetting setting) {
        String text = settings.text(setting);
        return text == null ? null : Path.of(text);
    }
}
