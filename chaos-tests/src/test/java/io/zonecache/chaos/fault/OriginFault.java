package io.zonecache.chaos.fault;

import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Fault;
import java.util.Locale;

/** The origin answers wrongly, or not at all. */
public record OriginFault(S3Control s3, S3Fault what) implements Fault {

    @Override
    public String describe() {
        return "S3 " + what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public void inject() {
        s3.setFault(what);
    }

    @Override
    public void heal() {
        s3.setFault(S3Fault.NONE);
    }
}
