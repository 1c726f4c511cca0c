package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/** The page at {@code /}, in Chromium where it is installed; screenshots stay in {@code target/dashboard}. */
@Tag("slow")
class DashboardTest {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path SCREENSHOTS = Path.of("target", "dashboard");
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Dimension WINDOW = new Dimension(1280, 1450);
    private static final String HOSTILE = "n7<img src=x onerror=alert(1)>";

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.start(directory, Map.of("zone", "use1-az1", "id", "n1"));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldBeOnePageThatNeedsNothingElse() throws Exception {
        HttpResponse<byte[]> answer = Http.get(node.admin("/"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Http.header(answer, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(Http.header(answer, "Content-Security-Policy"))
                .startsWith("default-src 'none'; script-src 'sha256-")
                .contains("connect-src 'self'")
                .doesNotContain("unsafe");
        String page = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(page).doesNotContain("src=\"", "innerHTML", "style=\"", "https://");
        assertThat(page.split("http://", -1))
                .as("namespaces of SVG, and no address")
                .hasSize(3);
    }

    static boolean hasChromium() {
        return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    @EnabledIf("hasChromium")
    void shouldShowTheZoneItsFiguresAndEventsAsTheyCome(String scheme) throws Exception {
        zoneOf(NodeState.UP);
        ChromeDriver browser = browser(scheme);
        try {
            browser.get(node.admin("/").toString());
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(text(browser, "nodes-up")).isEqualTo("7 of 7"));
            assertThat(text(browser, "zone")).isEqualTo("zone use1-az1");
            assertThat(text(browser, "state")).isEqualTo("ready");
            assertThat(text(browser, "zone-nodes")).contains("n1 (this node) up", HOSTILE);

            read();
            zoneOf(NodeState.DOWN);
            await().atMost(TIMEOUT).untilAsserted(() -> {
                read();
                assertThat(text(browser, "nodes-up")).isEqualTo("6 of 7");
                assertThat(text(browser, "events")).contains("n3 is down");
                assertThat(text(browser, "reads")).matches("[1-9][\\d,]* /s");
                // Three of four, but for reads that fall on either side of a look.
                assertThat(text(browser, "hit-rate")).matches("[678]\\d\\.\\d %");
                assertThat(text(browser, "disk-list")).contains("Stripes\n3");
            });
            assertThat(text(browser, "zone-nodes")).contains("n3 down");
            assertThat(text(browser, "origin")).matches("0 of \\d+");
            assertThat(text(browser, "lease-list")).contains("Failed, denied\n0, 0");
            assertThat(text(browser, "memory-parts")).contains("index", "heap", "network");
            photograph(browser, scheme);

            node.node().shutDown();
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(text(browser, "state")).isEqualTo("does not answer"));
            assertThat(complaints(browser)).isEmpty();
        } finally {
            browser.quit();
        }
    }

    /** Three hits and a miss. */
    private void read() throws Exception {
        for (int number = 1; number <= 3; number++) {
            Http.send("PUT", node.data(path(Stripes.key(number))), Stripes.record(Stripes.key(number)));
            assertThat(Http.get(node.data(path(Stripes.key(number)))).statusCode())
                    .isEqualTo(200);
        }
        assertThat(Http.get(node.data(path(Stripes.key(99)))).statusCode()).isEqualTo(404);
    }

    private void zoneOf(NodeState stateOfThree) {
        List<ZoneNode> nodes = new ArrayList<>();
        for (int number = 1; number <= 6; number++) {
            NodeState state = number == 3 ? stateOfThree : NodeState.UP;
            nodes.add(new ZoneNode(
                    "n" + number, "10.0.0." + number + ":7400", "host-" + (char) ('`' + number), 1, state));
        }
        nodes.add(new ZoneNode(HOSTILE, "10.0.0.7:7400", "host-g", 1, NodeState.UP));
        node.membership().replaceNodes(nodes);
    }

    private static ChromeDriver browser(String scheme) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        // Root may not use the sandbox; the page is ours.
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
        ChromeDriver browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
        browser.manage().window().setSize(WINDOW);
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        return browser;
    }

    private static String text(ChromeDriver browser, String id) {
        return browser.findElement(By.id(id)).getText();
    }

    private static void photograph(ChromeDriver browser, String scheme) throws Exception {
        Files.createDirectories(SCREENSHOTS);
        Files.write(SCREENSHOTS.resolve(scheme + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }

    /** What the console says beside requests to the node that was stopped; a breach of the policy above all. */
    private static List<String> complaints(ChromeDriver browser) {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .filter(message -> !message.contains("Failed to load resource") && !message.contains("net::ERR_"))
                .toList();
    }
}
