{{/* The parity of the zone's code, as the node itself takes it by default. (dict "root" $ "zone" $zone) */}}
{{- define "zonecache.parity" -}}
{{- $code := default .root.Values.code .zone.code -}}
{{- if $code -}}
{{- $numbers := regexFindAll "[0-9]+" $code -1 -}}
{{- sub (index $numbers 1 | int) (index $numbers 0 | int) -}}
{{- else -}}
{{- gt (include "zonecache.nodes" . | int) 1 | ternary 1 0 -}}
{{- end -}}
{{- end -}}

{{/* What a schema can't say of a zone. */}}
{{- define "zonecache.check" -}}
{{- $values := .root.Values -}}
{{- $same := 0 -}}
{{- range $values.zones -}}
{{- if eq .name $.zone.name -}}{{- $same = add1 $same -}}{{- end -}}
{{- end -}}
{{- if gt (int $same) 1 -}}
{{- fail (printf "zones: %d are named %s (expected: names of their own)" (int $same) .zone.name) -}}
{{- end -}}
{{- $memory := default $values.memory .zone.memory -}}
{{- if lt (include "zonecache.mebibytes" $memory | int64) 128 -}}
{{- fail (printf "memory: zone %s has %s (expected: at least 128MiB)" .zone.name $memory) -}}
{{- end -}}
{{- $capacity := default $values.capacity .zone.capacity -}}
{{- if lt (include "zonecache.mebibytes" $capacity | int64) 256 -}}
{{- fail (printf "capacity: zone %s has %s (expected: at least 256MiB)" .zone.name $capacity) -}}
{{- end -}}
{{- if $values.podDisruptionBudget.enabled -}}
{{- include "zonecache.checkDisruptions" . -}}
{{- end -}}
{{- end -}}

{{/* A percentage is one of the nodes, rounded up, as Kubernetes has it. Where a code has no parity, one: none would keep hosts from being drained for ever. */}}
{{- define "zonecache.checkDisruptions" -}}
{{- $asked := .root.Values.podDisruptionBudget.maxUnavailable -}}
{{- $nodes := include "zonecache.nodes" . | int -}}
{{- $unavailable := int $asked -}}
{{- if kindIs "string" $asked -}}
{{- $unavailable = div (add (mul (trimSuffix "%" $asked | int) $nodes) 99) 100 | int -}}
{{- end -}}
{{- $parity := include "zonecache.parity" . | int -}}
{{- if gt $unavailable (max 1 $parity | int) -}}
{{- fail (printf "podDisruptionBudget.maxUnavailable: %v is %d of the %d nodes of zone %s (expected: at most %d, or chunks are out of reach; its code has a parity of %d)" $asked $unavailable $nodes .zone.name (max 1 $parity) $parity) -}}
{{- end -}}
{{- end -}}

{{/* What a schema can't say of the release. */}}
{{- define "zonecache.checkRelease" -}}
{{- $values := .Values -}}
{{- if and $values.exampleWorker.enabled (not $values.exampleWorker.image) -}}
{{- fail "exampleWorker.image: none (expected: the image of your workers)" -}}
{{- end -}}
{{- if and $values.networkPolicy.enabled (not $values.networkPolicy.monitoring) -}}
{{- range list "serviceMonitor" "prometheusRule" -}}
{{- if (index $values.monitoring .).enabled -}}
{{- fail (printf "networkPolicy.monitoring: empty, while monitoring.%s is enabled: no Prometheus could reach port %v (expected: the peers of yours, such as [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}])" . $values.ports.admin) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $values.extraVolumes -}}
{{- if has .name (list "data" "config" "auth") -}}
{{- fail (printf "extraVolumes: %s is a volume of the chart (expected: another name)" .name) -}}
{{- end -}}
{{- end -}}
{{- range $values.extraVolumeMounts -}}
{{- if has (trimSuffix "/" .mountPath) (list "/data" "/etc/zonecache/config" "/etc/zonecache/auth") -}}
{{- fail (printf "extraVolumeMounts: %s is mounted by the chart (expected: another mountPath)" .mountPath) -}}
{{- end -}}
{{- end -}}
{{- range concat $values.extraContainers $values.initContainers -}}
{{- if eq .name "node" -}}
{{- fail "extraContainers, initContainers: node is the chart's (expected: another name)" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What one node of the zone is told, as the file that `serve --config` reads. (dict "root" $ "zone" $zone) */}}
{{- define "zonecache.config" -}}
{{- include "zonecache.checkRelease" .root -}}
{{- include "zonecache.check" . -}}
{{- $values := .root.Values -}}
{{- $zones := len $values.zones -}}
{{- $nodes := include "zonecache.nodes" . | int -}}
{{- $origin := default dict .zone.origin -}}
{{- $budget := int (hasKey $origin "budget" | ternary $origin.budget (div $values.origin.budget $zones)) -}}
{{- $reserve := int (hasKey $origin "reserve" | ternary $origin.reserve (div $values.origin.reserve $zones)) -}}
{{- if lt (sub $budget $reserve) $nodes -}}
{{- fail (printf "origin.budget: zone %s gets %d with a reserve of %d (expected: at least %d, one for each of its %d nodes beside the reserve)" .zone.name $budget $reserve (add $reserve $nodes) $nodes) -}}
{{- end -}}
{{- $service := printf "%s-nodes" (include "zonecache.zoneName" .) -}}
{{- $config := dict
  "zone" .zone.name
  "expected-nodes" $nodes
  "key-scheme" $values.keyScheme
  "capacity" (default $values.capacity .zone.capacity)
  "origin-budget" $budget
  "origin-reserve" $reserve
  "expected-clients" (int (default $values.origin.expectedClients $origin.expectedClients))
  "port" (int $values.ports.data)
  "admin-port" (int $values.ports.admin)
  "cluster-port" (int $values.ports.cluster)
  "secret-file" "/etc/zonecache/auth/zone-secret"
  "admin-token-file" "/etc/zonecache/auth/admin-token"
  "drain-grace" (printf "%ds" (int $values.lifecycle.drainSeconds))
  "settle-within" $values.lifecycle.settleWithin
  "replace-settings" true
-}}
{{- if eq $values.discovery "api" -}}
{{- $_ := set $config "kubernetes-api" (printf "%s/%s" .root.Release.Namespace $service) -}}
{{- else -}}
{{- $_ := set $config "kubernetes-service" (printf "%s.%s.svc" $service .root.Release.Namespace) -}}
{{- end -}}
{{- with default $values.code .zone.code }}{{ $_ := set $config "code" . }}{{ end -}}
{{- /* And what the pod's own variables say, which would win over the file without a word. */ -}}
{{- $taken := concat (keys $config) (list "id" "domain" "advertise-host" "memory" "code") -}}
{{- range $key, $value := $values.settings -}}
{{- if has $key $taken -}}
{{- fail (printf "settings.%s: the chart sets it from a value of its own (expected: another setting)" $key) -}}
{{- end -}}
{{- $_ := set $config $key $value -}}
{{- end -}}
{{- range $values.extraEnv -}}
{{- if or (eq .name "POD_IP") (has (trimPrefix "ZONECACHE_" .name | lower | replace "_" "-") (hasPrefix "ZONECACHE_" .name | ternary $taken list)) -}}
{{- fail (printf "extraEnv: the chart sets %s from a value of its own (expected: another variable)" .name) -}}
{{- end -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}
