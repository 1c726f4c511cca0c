package io.zonecache.client.origin;

import java.util.List;

/**
 * Opens the origins of one kind of store. {@link java.util.ServiceLoader} finds it: its module lists it in
 * {@code META-INF/services/io.zonecache.client.origin.OriginProvider}. Safe for concurrent use.
 */
public interface OriginProvider {

    /** What its locations begin with, before the colon, such as {@code s3}. */
    String scheme();

    /** The form of its locations, for messages, such as {@code s3://BUCKET[/PREFIX]}. */
    String locationForm();

    /** All settings that {@link #open} reads. */
    List<OriginSetting> settings();

    /**
     * Opens an origin, which sends no request to its store yet.
     *
     * @param location begins with the scheme and a colon
     * @param settings to be read, and {@linkplain OriginSettings#check checked} before anything is opened
     * @return to be closed by the caller
     * @throws IllegalArgumentException if the location ({@link Origins#badLocation}) or a setting has another form
     */
    Origin open(String location, OriginSettings settings);
}
