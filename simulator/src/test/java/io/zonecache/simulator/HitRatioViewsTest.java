package io.zonecache.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class HitRatioViewsTest {

    private static final List<SimulationResult> RESULTS = List.of(
            new SimulationResult("lru", 60, 1_000, 140),
            new SimulationResult("lru", 100, 1_000, 220),
            new SimulationResult("lru-2", 60, 1_000, 291),
            new SimulationResult("lru-2", 100, 1_000, 459));

    @Test
    void shouldPutCapacitiesInRowsAndPoliciesInColumns() {
        assertThat(HitRatioTable.lines(RESULTS, Integer::toString))
                .containsExactly("capacity     lru   lru-2", "      60  0.1400  0.2910", "     100  0.2200  0.4590");
    }

    @Test
    void shouldLeaveOutWhatWasNotRun() {
        assertThat(HitRatioTable.lines(RESULTS.subList(0, 3), size -> size + "KiB"))
                .containsExactly("capacity     lru   lru-2", "   60KiB  0.1400  0.2910", "  100KiB  0.2200        ");
    }

    @Test
    void shouldDrawACurveForEachPolicyInWellFormedSvg() throws Exception {
        Document svg = parse(HitRatioPlot.svg("a <trace> & more", RESULTS, size -> size + "\"KiB\""));
        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(4);
        assertThat(svg.getDocumentElement().getTextContent())
                .contains("a <trace> & more", "60\"KiB\"", "lru-2", "lru-2 capacity 100 hit ratio 0.4590");
    }

    @Test
    void shouldDrawASinglePointAndNoHitAtAll() throws Exception {
        Document svg = parse(HitRatioPlot.svg("one", List.of(new SimulationResult("lru", 1, 1, 0)), Integer::toString));
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(1);
        assertThat(svg.getDocumentElement().getTextContent()).doesNotContain("NaN");
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
