package io.zonecache.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.oracle.ReadTally;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class TimelineSvgTest {

    @Test
    void shouldDrawACurveForEachFigureAndALineForEachFault() throws Exception {
        Timeline timeline = new Timeline();
        timeline.scenario("kill");
        timeline.fault("what is <n1> & n2's fault");
        ReadTally sample = ReadTally.none().withTiers(30, 1);
        for (int read = 0; read < 31; read++) {
            sample.micros().recordValue(1_000);
        }
        timeline.sample(sample);
        timeline.origin(3);
        Document svg = parse(TimelineSvg.draw(timeline));
        assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(1 + 4);
        assertThat(svg.getElementsByTagName("line").getLength()).isEqualTo(2);
        assertThat(svg.getElementsByTagName("title").item(1).getTextContent()).isEqualTo("what is <n1> & n2's fault");
        assertThat(svg.getDocumentElement().getTextContent()).contains("reads per second", "p99.9", "kill");
    }

    @Test
    void shouldDrawARunOfWhichNothingIsKnown() throws Exception {
        assertThat(parse(TimelineSvg.draw(new Timeline())).getDocumentElement().getTagName())
                .isEqualTo("svg");
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}
