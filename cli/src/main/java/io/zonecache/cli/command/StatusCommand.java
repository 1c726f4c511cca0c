package io.zonecache.cli.command;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.EncodedView;
import io.zonecache.model.IoReasons;
import io.zonecache.model.Protocol;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zonecache status}: asks for the newest view, and every node in it for its own. */
@Command(
        name = "status",
        description = {
            "Shows a zone's view and which of its nodes answer.",
            "",
            "Asks the given nodes for the view, then every node in it. A node is `behind` if it still has an older view."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache status --nodes 127.0.0.1:7400",
            "  zonecache status --nodes 10.0.0.7:7400,10.0.0.8:7400 --json -",
            "",
            "Exit codes: 0 the zone answered, 1 no node did, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    @Option(
            names = "--nodes",
            required = true,
            split = ",",
            paramLabel = "HOST:PORT",
            converter = Addresses.class,
            description = "Data addresses of some nodes of the zone; the others are found through them.")
    private List<String> nodes = List.of();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    /** What one node said, or why it said nothing. */
    private record Answer(
            @Nullable EncodedView view,
            long micros,
            @Nullable String error) {}

    /** A node in the JSON. */
    record NodeStatus(
            String id,
            String address,
            String domain,
            int weight,
            String state,
            boolean answers,
            @Nullable Long epoch,
            @Nullable Long answerMicros,
            @Nullable String error) {}

    /** The JSON. */
    record ZoneStatus(
            String zone,
            long epoch,
            String code,
            int expectedNodes,
            int originBudget,
            int originReserve,
            int expectedClients,
            List<NodeStatus> nodes) {}

    @Override
    public Integer call() {
        json.check();
        Map<String, Answer> answers = ask(nodes);
        EncodedView newest = newest(answers);
        if (newest == null) {
            List<String> reasons = new ArrayList<>();
            answers.forEach((address, answer) -> reasons.add(address + " " + answer.error()));
            throw new CommandException("no node answered: " + String.join("; ", reasons));
        }
        answers.putAll(ask(newest.view().nodes().stream()
                .map(ZoneNode::address)
                .filter(address -> !answers.containsKey(address))
                .toList()));
        EncodedView latest = Objects.requireNonNullElse(newest(answers), newest);
        ZoneStatus status = status(latest.view(), answers);
        PrintWriter out = spec.commandLine().getOut();
        if (!json.isStandardOutput()) {
            print(status, out);
        }
        json.write(status);
        return ExitCodes.DONE;
    }

    private Map<String, Answer> ask(List<String> addresses) {
        Map<String, CompletableFuture<Answer>> asked = new LinkedHashMap<>();
        addresses.forEach(address -> asked.put(address, ask(address)));
        Map<String, Answer> answers = new LinkedHashMap<>();
        asked.forEach((address, answer) -> answers.put(address, answer.join()));
        return answers;
    }

    private CompletableFuture<Answer> ask(String address) {
        long startNanos = System.nanoTime();
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(URI.create("http://" + address + Protocol.VIEW_PATH))
                    .timeout(TIMEOUT)
                    .build();
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(new Answer(null, 0, "is no address"));
        }
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).handle((response, error) -> {
            long micros = (System.nanoTime() - startNanos) / 1_000;
            if (error != null) {
                return new Answer(null, micros, "does not answer (" + reason(Failures.cause(error)) + ")");
            }
            try {
                return response.statusCode() == 200
                        ? new Answer(ViewJson.decode(response.body()), micros, null)
                        : new Answer(null, micros, "has no view yet (status " + response.statusCode() + ")");
            } catch (IllegalArgumentException e) {
                return new Answer(null, micros, "answers no view: " + e.getMessage());
            }
        });
    }

    /** Of a connection: the client's own exceptions have no text, or only a class to tell them apart. */
    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "unknown host";
            }
        }
        if (failure instanceof HttpTimeoutException) {
            return "nothing came within " + TIMEOUT.toSeconds() + " s";
        }
        return failure instanceof ConnectException
                ? "connection refused, or no way to the host"
                : failure instanceof IOException broken ? IoReasons.of(broken) : failure.toString();
    }

    private static @Nullable EncodedView newest(Map<String, Answer> answers) {
        EncodedView newest = null;
        for (Answer answer : answers.values()) {
            EncodedView view = answer.view();
            if (view != null && (newest == null || view.isNewerThan(newest))) {
                newest = view;
            }
        }
        return newest;
    }

    private static ZoneStatus status(ZoneView view, Map<String, Answer> answers) {
        List<NodeStatus> nodes = new ArrayList<>();
        for (ZoneNode node : view.nodes()) {
            Answer answer = answers.getOrDefault(node.address(), new Answer(null, 0, "was not asked"));
            EncodedView own = answer.view();
            nodes.add(new NodeStatus(
                    node.id(),
                    node.address(),
                    node.domain(),
                    node.weight(),
                    node.state().wireName(),
                    own != null,
                    own == null ? null : own.view().epoch(),
                    own == null ? null : answer.micros(),
                    answer.error()));
        }
        CodeSpec code = view.settings().code();
        return new ZoneStatus(
                view.settings().zone(),
                view.epoch(),
                code.toString(),
                view.settings().expectedNodes(),
                view.settings().originBudget(),
                view.settings().originReserve(),
                view.settings().expectedClients(),
                nodes);
    }

    private static void print(ZoneStatus status, PrintWriter out) {
        long up = status.nodes().stream()
                .filter(node -> node.state().equals("up"))
                .count();
        out.printf(
                Locale.ROOT,
                "zone %s, epoch %d: %d of %d nodes up, code %s, origin budget %d%n",
                status.zone(),
                status.epoch(),
                up,
                status.expectedNodes(),
                status.code(),
                status.originBudget());
        int width = status.nodes().stream()
                .mapToInt(node -> node.id().length())
                .max()
                .orElse(2);
        int addressWidth = status.nodes().stream()
                .mapToInt(node -> node.address().length())
                .max()
                .orElse(2);
        for (NodeStatus node : status.nodes()) {
            Long epoch = node.epoch();
            Long micros = node.answerMicros();
            String answer = epoch == null || micros == null
                    ? String.valueOf(node.error())
                    : String.format(Locale.ROOT, "answers in %.1f ms", micros / 1e3)
                            + (epoch < status.epoch() ? ", behind at epoch " + epoch : "");
            out.printf(
                    Locale.ROOT,
                    "  %-" + width + "s  %-" + addressWidth + "s  %-4s  domain %s, weight %d, %s%n",
                    node.id(),
                    node.address(),
                    node.state(),
                    node.domain(),
                    node.weight(),
                    answer);
        }
        out.flush();
    }
}
