package io.zonecache.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --json FILE}, alike in every command that tells facts. */
public final class JsonOption {

    private static final String STANDARD_OUTPUT = "-";

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the facts as JSON to FILE; - is standard output, where then nothing else goes.")
    private @Nullable String target;

    public boolean isStandardOutput() {
        return STANDARD_OUTPUT.equals(target);
    }

    /** Does nothing unless the option was given. @throws CommandException if the file can't be written */
    public void write(Object facts, PrintWriter standardOutput) {
        if (target == null) {
            return;
        }
        try {
            String json = JSON.writeValueAsString(facts) + System.lineSeparator();
            if (isStandardOutput()) {
                standardOutput.print(json);
                standardOutput.flush();
            } else {
                Files.writeString(Path.of(target), json);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("facts that are no JSON", e);
        } catch (IOException e) {
            throw new CommandException(
                    "--json " + target + ": " + e.getClass().getSimpleName() + " (expected: a writable file)");
        }
    }
}
