package io.zonecache.helm;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import java.util.Map;

/** The fields of the Prometheus operator's resources (monitoring.coreos.com/v1) that the chart uses, under the names and types of their definitions. */
final class PrometheusOperator {

    private PrometheusOperator() {}

    @Group("monitoring.coreos.com")
    @Version("v1")
    static final class ServiceMonitor extends CustomResource<ServiceMonitorSpec, Void> {
        private static final long serialVersionUID = 1;
    }

    record ServiceMonitorSpec(String jobLabel, LabelSelector selector, List<Endpoint> endpoints) {}

    record Endpoint(String port, String path, String interval, List<Relabeling> relabelings) {}

    record Relabeling(List<String> sourceLabels, String targetLabel) {}

    @Group("monitoring.coreos.com")
    @Version("v1")
    static final class PrometheusRule extends CustomResource<PrometheusRuleSpec, Void> {
        private static final long serialVersionUID = 1;
    }

    record PrometheusRuleSpec(List<RuleGroup> groups) {}

    record RuleGroup(String name, List<Alert> rules) {}

    record Alert(
            String alert,
            String expr,
            @JsonProperty("for") String duration,
            Map<String, String> labels,
            Map<String, String> annotations) {}
}
