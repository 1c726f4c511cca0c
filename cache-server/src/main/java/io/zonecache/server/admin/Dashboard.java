package io.zonecache.server.admin;

import io.zonecache.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The page at {@code /}: one file with all that it needs. Its policy lets it run the one script and use the one style that it was
 * built with, by their hashes, and talk to this node alone.
 */
final class Dashboard {

    private final String html;
    private final String policy;

    private Dashboard(String html) {
        this.html = html;
        this.policy = "default-src 'none'; script-src '" + hash(html, "script") + "'; style-src '" + hash(html, "style")
                + "'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    static Dashboard load() {
        try (InputStream in = Dashboard.class.getResourceAsStream("dashboard.html")) {
            if (in == null) {
                throw new IllegalStateException("dashboard.html: not in the jar");
            }
            return new Dashboard(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String html() {
        return html;
    }

    /** For {@code Content-Security-Policy}. */
    String policy() {
        return policy;
    }

    private static String hash(String html, String element) {
        int from = html.indexOf('<' + element + '>') + element.length() + 2;
        int to = html.indexOf("</" + element + '>');
        byte[] digest = Sha256.digest(ByteBuffer.wrap(html.substring(from, to).getBytes(StandardCharsets.UTF_8)));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }
}
