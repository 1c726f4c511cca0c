package io.zonecache.client.origin.s3;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginProvider;
import io.zonecache.client.origin.OriginSetting;
import io.zonecache.client.origin.OriginSettings;
import java.util.List;
import java.util.stream.Stream;

/** Opens {@code s3://BUCKET[/PREFIX]}. Its settings are those of {@link S3OriginOptions} that have a form as text. */
public final class S3OriginProvider implements OriginProvider {

    private static final OriginSetting ENDPOINT = new OriginSetting(
            "endpoint", "http://HOST[:PORT] or https://HOST[:PORT]", "An S3 server other than Amazon's.");
    private static final OriginSetting REGION = new OriginSetting(
            "region", "such as eu-central-1", "Default: the one that the SDK finds; with an endpoint, us-east-1.");
    private static final OriginSetting PATH_STYLE = new OriginSetting(
            "pathStyle", "true or false", "Whether the bucket is part of the path. Default: if there is an endpoint.");
    private static final OriginSetting SDK_CHECKSUMS = new OriginSetting(
            "sdkChecksums", "true or false", "Whether the SDK adds and checks checksums of its own. Default: false.");
    private static final OriginSetting CONNECT_TIMEOUT = new OriginSetting(
            "connectTimeoutMillis", "1..60000", "How long connecting may take, in milliseconds. Default: 1000.");

    private static final List<OriginSetting> SETTINGS = Stream.concat(
                    Stream.of(ENDPOINT, REGION, PATH_STYLE, CONNECT_TIMEOUT, SDK_CHECKSUMS),
                    OriginSetting.LIMITS.stream())
            .toList();

    @Override
    public String scheme() {
        return "s3";
    }

    @Override
    public String locationForm() {
        return S3Origin.LOCATION_FORM;
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
                .connectTimeoutMillis(settings.number(CONNECT_TIMEOUT, 1_000))
                .sdkChecksums(settings.flag(SDK_CHECKSUMS, false));
        if (settings.text(PATH_STYLE) != null) {
            options.pathStyle(settings.flag(PATH_STYLE, false));
        }
        settings.check();
        return options.build();
    }
}
