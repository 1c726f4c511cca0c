package io.zonecache.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTimeTest {

    @Test
    void shouldCountWhatThisProcessTakes() {
        com.sun.management.OperatingSystemMXBean jvm =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        double before = jvm.getProcessCpuTime() / 1e9;
        double read = ProcessorTime.ofThisProcess();
        double after = jvm.getProcessCpuTime() / 1e9;

        // The kernel counts in hundredths of a second, rounded down for each of two kinds.
        assertThat(read).isBetween(before - 0.05, after + 0.05);
    }

    @Test
    void shouldCountAProcessThatIsGoneAsNothing() {
        assertThat(ProcessorTime.seconds(List.of(Long.MAX_VALUE))).isZero();
    }
}
