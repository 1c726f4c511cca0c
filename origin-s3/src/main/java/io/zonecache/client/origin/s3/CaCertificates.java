package io.zonecache.client.origin.s3;

import io.zonecache.model.IoReasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Trust in certificate authorities of a file, besides those that the JDK trusts. */
final class CaCertificates {

    private CaCertificates() {}

    /**
     * Trusts the JDK's authorities, those of {@code javax.net.ssl.trustStore} if it is set, and the file's.
     *
     * @param file certificates in PEM, one after another
     * @throws IllegalArgumentException if the file can't be read, or holds something else
     */
    static TrustManager[] withJdks(Path file) {
        try {
            List<Certificate> trusted = new ArrayList<>(read(file));
            for (TrustManager manager : managers(null)) {
                if (manager instanceof X509TrustManager known) {
                    trusted.addAll(List.of(known.getAcceptedIssuers()));
                }
            }
            return managers(store(trusted));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(expected(file + ": " + reason(e)), e);
        }
    }

    private static Collection<? extends Certificate> read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream pem = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (found.stream().noneMatch(X509Certificate.class::isInstance)) {
                throw new IllegalArgumentException(expected(file + " holds none"));
            }
            return found;
        }
    }

    private static KeyStore store(List<Certificate> trusted) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("ca-" + i, trusted.get(i));
        }
        return store;
    }

    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** The factory wraps what a file that can't be read says. */
    private static String reason(Exception failure) {
        Throwable file = failure instanceof CertificateException ? failure.getCause() : failure;
        return file instanceof IOException unread ? IoReasons.of(unread) : "no certificate that can be read";
    }

    private static String expected(String found) {
        return "caFile: " + found + " (expected: a PEM file of CA certificates)";
    }
}
