package io.zonecache.client.origin.s3;

import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Recognises failures to obtain credentials, and says in one line what the SDK says in many words of each place where it has looked. */
final class MissingCredentials {

    private static final String CHAIN = "Unable to load credentials from any of the providers in the chain";

    /** What pods and containers get their roles by: if it was tried, its failure is the reason. */
    private static final Pattern ROLE = Pattern.compile(
            "(WebIdentityTokenFile|Container)CredentialsProvider\\(\\): (.*?)(?=, \\w+CredentialsProvider\\(|]$)",
            Pattern.DOTALL);

    /** In the failures of those that were not tried. */
    private static final Pattern NOT_SET =
            Pattern.compile("AWS_WEB_IDENTITY_TOKEN_FILE|neither AWS_CONTAINER_CREDENTIALS_FULL_URI");

    private MissingCredentials() {}

    /** Empty for another failure. A client that was given has providers of its own, whose failures only their type tells from S3's. */
    static Optional<String> reason(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CredentialsException missing) {
                return Optional.of(text(missing.reason()));
            }
        }
        String said = String.valueOf(failure.getMessage());
        boolean isOfProvider = failure instanceof AwsServiceException && !(failure instanceof S3Exception);
        return said.startsWith(CHAIN) || isOfProvider ? Optional.of(text(failure)) : Optional.empty();
    }

    private static String text(RuntimeException failure) {
        String said = String.valueOf(failure.getMessage());
        return said.startsWith(CHAIN)
                ? "credentials: none found" + tried(said)
                        + " (expected: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role of pod,"
                        + " container or instance; or the setting unsigned=true)"
                : "credentials: " + S3Failures.text(failure) + " (expected: credentials for S3)";
    }

    private static String tried(String said) {
        return ROLE.matcher(said)
                .results()
                .map(MatchResult::group)
                .filter(provider -> !NOT_SET.matcher(provider).find())
                .map(provider -> "; " + provider.replaceAll("\\s+", " "))
                .collect(Collectors.joining());
    }
}
