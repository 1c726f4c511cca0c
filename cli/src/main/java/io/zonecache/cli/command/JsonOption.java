package io.zonecache.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.zonecache.cli.output.OutputFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --json FILE}, alike in every command that tells facts. */
public final class JsonOption {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the facts as JSON to FILE; - is standard output, where then nothing else goes.")
    private @Nullable String target;

    private @Nullable OutputFile checked;

    /** Before the work begins. @throws io.zonecache.cli.output.OutputException if the file can't be written */
    public void check() {
        checked = target == null ? null : OutputFile.check(spec, "--json", target);
    }

    /** As {@link #check()}, for a command with another output. @throws ParameterException if both would go to one place */
    void checkBeside(@Nullable OutputFile other, String otherOption) {
        check();
        OutputFile own = checked;
        if (own != null && other != null && own.isSameAs(other)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--json " + target + ": also that of " + otherOption + " (expected: another file)");
        }
    }

    public boolean isStandardOutput() {
        return checked != null && checked.isStandardOutput();
    }

    /** Does nothing unless the option was given. @throws io.zonecache.cli.output.OutputException if the file can't be written */
    public void write(Object facts) {
        OutputFile file = checked;
        if (file == null) {
            return;
        }
        try {
            file.write(JSON.writeValueAsString(facts) + System.lineSeparator());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("facts that are no JSON", e);
        }
    }
}
