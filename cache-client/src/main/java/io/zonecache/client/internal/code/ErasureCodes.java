package io.zonecache.client.internal.code;

import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The codes of this process, one for each specification: there are at most a thousand. */
public final class ErasureCodes {

    private static final Map<CodeSpec, ErasureCode> CODES = new ConcurrentHashMap<>();

    private ErasureCodes() {}

    public static ErasureCode of(CodeSpec spec) {
        ErasureCode known = CODES.get(spec);
        return known != null ? known : CODES.computeIfAbsent(spec, ErasureCodes::create);
    }

    private static ErasureCode create(CodeSpec spec) {
        return spec.name() == CodeName.XOR ? new XorCode(spec) : new ReedSolomonCode(spec);
    }
}
