{{- define "zonecache.name" -}}
{{- default .Chart.Name .Values.nameOverride -}}
{{- end -}}

{{/* At most 31 characters: with a zone's 20 a StatefulSet has 52, since its name and a hash of 11 go into a label of 63. */}}
{{- define "zonecache.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 31 | trimSuffix "-" -}}
{{- else if contains (include "zonecache.name" .) .Release.Name -}}
{{- .Release.Name | trunc 31 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "zonecache.name" .) | trunc 31 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "zonecache.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "zonecache.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "zonecache.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{- define "zonecache.chartLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/name: {{ include "zonecache.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* What every container of the image may do: as little as possible. */}}
{{- define "zonecache.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
# A large store is not walked at every start.
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "zonecache.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The helpers below take (dict "root" $ "zone" $zone). */}}

{{- define "zonecache.zoneName" -}}
{{ include "zonecache.fullname" .root }}-{{ .zone.name }}
{{- end -}}

{{- define "zonecache.nodes" -}}
{{ default .root.Values.nodes .zone.nodes }}
{{- end -}}

{{/* The nodes of a zone; other pods of the release have another component. */}}
{{- define "zonecache.selectorLabels" -}}
{{ include "zonecache.otherSelectorLabels" (dict "root" .root "zone" .zone "component" "node") }}
{{- end -}}

{{- define "zonecache.otherSelectorLabels" -}}
app.kubernetes.io/name: {{ include "zonecache.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
zonecache.io/zone: {{ .zone.name }}
{{- end -}}

{{- define "zonecache.labels" -}}
{{ include "zonecache.chartLabels" .root }}
app.kubernetes.io/component: {{ default "node" .component }}
zonecache.io/zone: {{ .zone.name }}
{{- end -}}

{{- define "zonecache.secretName" -}}
{{- $existing := default .root.Values.auth.existingSecret .zone.existingSecret -}}
{{- if $existing -}}
{{ $existing }}
{{- else -}}
{{ include "zonecache.zoneName" . }}-auth
{{- end -}}
{{- end -}}

{{- define "zonecache.zoneAffinity" -}}
{{- with .zone.topologyZone }}
nodeAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    nodeSelectorTerms:
      - matchExpressions:
          - key: topology.kubernetes.io/zone
            operator: In
            values: [{{ . | quote }}]
{{- end }}
{{- end -}}

{{/* "1GiB" to mebibytes; the schema has checked the form. */}}
{{- define "zonecache.mebibytes" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- $unit := regexFind "[A-Za-z]+$" . -}}
{{- if eq $unit "TiB" -}}{{ mul $number 1048576 }}
{{- else if eq $unit "GiB" -}}{{ mul $number 1024 }}
{{- else -}}{{ $number }}
{{- end -}}
{{- end -}}

{{/* What a schema can't say. */}}
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
{{- if and $values.exampleWorker.enabled (not $values.exampleWorker.image) -}}
{{- fail "exampleWorker.image: none (expected: the image of your workers)" -}}
{{- end -}}
{{- end -}}

{{/* What one node of the zone is told, as the file that `serve --config` reads. */}}
{{- define "zonecache.config" -}}
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
{{- range $key, $value := $values.settings -}}
{{- if hasKey $config $key -}}
{{- fail (printf "settings.%s: the chart sets it from a value of its own (expected: another setting)" $key) -}}
{{- end -}}
{{- $_ := set $config $key $value -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}
