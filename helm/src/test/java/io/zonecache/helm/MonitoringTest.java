package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.zonecache.helm.PrometheusOperator.Alert;
import io.zonecache.helm.PrometheusOperator.PrometheusRule;
import io.zonecache.helm.PrometheusOperator.ServiceMonitor;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.CacheNode;
import io.zonecache.server.config.NodeConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What operators watch, held against what a running node tells and against the runbook. */
class MonitoringTest {

    private static final Path RUNBOOK = Path.of("../docs/operations.md");
    private static final Pattern METRIC = Pattern.compile("\\b(?:zonecache|jvm|process|system)_[a-z_]+");
    private static final Pattern OUTCOME = Pattern.compile("outcome=~?\"([^\"]*)\"");
    private static final Pattern HEADING = Pattern.compile("(?m)^### (Zonecache[A-Za-z]+)$");

    private static final String HELP = "# HELP ";

    @TempDir
    private Path directory;

    @Test
    void shouldAskOnlyForMetricsThatANodeHas() throws Exception {
        Set<String> known = scrape();
        assertThat(metrics(String.join("\n", alertExpressions()))).isNotEmpty().isSubsetOf(known);
        assertThat(metrics(String.join("\n", dashboardExpressions())))
                .hasSizeGreaterThan(20)
                .isSubsetOf(known);
    }

    @Test
    void shouldShowHowFillsEndAndAlertWhenTheyEndBadly() {
        Set<String> shown = metrics(String.join("\n", dashboardExpressions()));
        Set<String> alerted = metrics(String.join("\n", alertExpressions()));
        assertThat(shown).containsAll(endings(EnumSet.complementOf(EnumSet.of(LeaseOutcome.UNUSED))));
        assertThat(alerted)
                .containsAll(endings(EnumSet.complementOf(
                        EnumSet.of(LeaseOutcome.FILLED, LeaseOutcome.ABSENT, LeaseOutcome.UNUSED))));
    }

    private static Set<String> endings(Set<LeaseOutcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> "zonecache_leases_" + outcome.name().toLowerCase(Locale.ROOT) + "_total")
                .collect(Collectors.toSet());
    }

    @Test
    void shouldAskOnlyForOutcomesThatTheRunbookNames() throws Exception {
        String runbook = Files.readString(RUNBOOK);
        String expressions = String.join("\n", alertExpressions()) + String.join("\n", dashboardExpressions());
        Matcher matcher = OUTCOME.matcher(expressions);
        while (matcher.find()) {
            for (String outcome : matcher.group(1).split("\\|", -1)) {
                assertThat(runbook).contains('`' + outcome.toUpperCase(Locale.ROOT) + '`');
            }
        }
    }

    @Test
    void shouldLinkEachAlertToItsOwnPartOfTheRunbook() throws Exception {
        Set<String> headings = HEADING.matcher(Files.readString(RUNBOOK))
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(alerts()).hasSizeGreaterThan(10).allSatisfy(alert -> {
            assertThat(headings).contains(alert.alert());
            assertThat(alert.annotations())
                    .containsEntry(
                            "runbook_url",
                            "https://wiki.example.org/zonecache/operations#"
                                    + alert.alert().toLowerCase(Locale.ROOT));
            assertThat(alert.annotations().get("summary")).isNotBlank();
            assertThat(alert.labels().get("severity")).isIn("critical", "warning", "info");
            assertThat(alert.duration()).matches("[0-9]+m|1h");
        });
        assertThat(headings)
                .isEqualTo(alerts().stream().map(Alert::alert).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void shouldWatchItsOwnReleaseOnly() {
        for (Alert alert : alerts()) {
            Matcher selectors = Pattern.compile("zonecache_[a-z_]+(\\{[^}]*})?").matcher(alert.expr());
            while (selectors.find()) {
                assertThat(selectors.group(1))
                        .as("%s in %s", selectors.group(), alert.alert())
                        .startsWith("{namespace=\"search\",job=\"cache\"");
            }
        }
    }

    @Test
    void shouldExpectAsManyNodesOfAZoneAsItHas() {
        PrometheusRule rule = Chart.render(
                        "three-zones.yaml",
                        Map.of(
                                "monitoring.prometheusRule.enabled",
                                "true",
                                "networkPolicy.monitoring[0].namespaceSelector.matchLabels.team",
                                "metrics"))
                .all(PrometheusRule.class)
                .get(0);
        assertThat(rule.getSpec().groups().get(0).rules())
                .filteredOn(alert -> alert.alert().equals("ZonecacheNodesMissing"))
                .extracting(Alert::expr)
                .satisfiesExactly(
                        first -> assertThat(first).contains("zone=\"use1-az1\"").endsWith("< 6"),
                        second ->
                                assertThat(second).contains("zone=\"use1-az2\"").endsWith("< 9"),
                        third -> assertThat(third).contains("zone=\"use1-az4\"").endsWith("< 6"));
    }

    @Test
    void shouldScrapeTheAdminPortOfEveryNodeOnce() {
        Chart.Rendered rendered = Chart.render("everything-on.yaml");
        ServiceMonitor monitor = rendered.all(ServiceMonitor.class).get(0);
        Map<String, String> selector = monitor.getSpec().selector().getMatchLabels();
        assertThat(rendered.all(Service.class))
                .filteredOn(
                        service -> service.getMetadata().getLabels().entrySet().containsAll(selector.entrySet()))
                .singleElement()
                .satisfies(service -> {
                    assertThat(service.getMetadata().getName()).endsWith("-nodes");
                    assertThat(service.getSpec().getPorts())
                            .anyMatch(port -> port.getName()
                                    .equals(monitor.getSpec().endpoints().get(0).port()));
                });
        assertThat(monitor.getMetadata().getLabels()).containsEntry("release", "prometheus");
    }

    private static List<Alert> alerts() {
        return Chart.render("everything-on.yaml").all(PrometheusRule.class).stream()
                .flatMap(rule -> rule.getSpec().groups().stream())
                .flatMap(group -> group.rules().stream())
                .toList();
    }

    private static List<String> alertExpressions() {
        return alerts().stream().map(Alert::expr).toList();
    }

    private static List<String> dashboardExpressions() {
        ConfigMap dashboard = Chart.render("everything-on.yaml").named(ConfigMap.class, "chunk-cache-dashboard");
        assertThat(dashboard.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
        JsonNode root = new ObjectMapper().readTree(dashboard.getData().get("zonecache.json"));
        return root.findValuesAsString("expr");
    }

    private static Set<String> metrics(String expressions) {
        return METRIC.matcher(expressions)
                .results()
                .map(result -> result.group())
                .collect(Collectors.toSet());
    }

    /** The names of the series that a node has once it has been asked for something. */
    private Set<String> scrape() throws Exception {
        NodeConfig config = NodeConfig.of(Map.of(
                "port",
                "0",
                "admin-port",
                "0",
                "data-dir",
                directory.resolve("node").toString()));
        try (CacheNode node = CacheNode.start(config)) {
            get(node.port(), "/v1/chunks/" + "0".repeat(64) + "/stripes");
            // Pauses are told from the first collection on.
            System.gc();
            await().until(() -> {
                String metrics = get(node.adminPort(), "/metrics");
                return metrics.contains("zonecache_requests_seconds_count")
                        && metrics.contains("jvm_gc_pause_seconds_sum");
            });
            return get(node.adminPort(), "/metrics")
                    .lines()
                    .map(line -> line.startsWith(HELP) ? line.substring(HELP.length()) : line)
                    .map(line -> line.replaceFirst("[{ ].*", ""))
                    .collect(Collectors.toSet());
        }
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
