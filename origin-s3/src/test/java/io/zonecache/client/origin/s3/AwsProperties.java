package io.zonecache.client.origin.s3;

import java.util.HashMap;
import java.util.Map;

/** System properties that the SDK reads, for one test. None of the machine's own files and metadata count meanwhile. */
final class AwsProperties implements AutoCloseable {

    private static final Map<String, String> NOWHERE = Map.of(
            "aws.configFile", "/no/such/file",
            "aws.sharedCredentialsFile", "/no/such/file",
            "aws.disableEc2Metadata", "true");

    private final Map<String, String> before = new HashMap<>();

    AwsProperties() {
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("aws.")) {
                before.put(name, System.getProperty(name));
            }
        }
        clear();
        NOWHERE.forEach(System::setProperty);
    }

    AwsProperties with(String name, String value) {
        System.setProperty(name, value);
        return this;
    }

    private static void clear() {
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("aws."))
                .forEach(System::clearProperty);
    }

    @Override
    public void close() {
        clear();
        before.forEach(System::setProperty);
    }
}
