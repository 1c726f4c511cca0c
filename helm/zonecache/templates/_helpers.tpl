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

{{/* Of objects. Pods get zonecache.podLabels: what names a version would restart them with each version of the chart. */}}
{{- define "zonecache.chartLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "zonecache.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* (dict "root" $ "own" (dict ...)): the key and all annotations of an object, or nothing. */}}
{{- define "zonecache.annotations" -}}
{{- with merge (dict) (default dict .own) .root.Values.commonAnnotations -}}
annotations: {{- toYaml . | nindent 2 }}
{{- end -}}
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

{{- define "zonecache.podLabels" -}}
{{ include "zonecache.otherSelectorLabels" (dict "root" .root "zone" .zone "component" (default "node" .component)) }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "zonecache.existingSecret" -}}
{{- default .root.Values.auth.existingSecret .zone.existingSecret -}}
{{- end -}}

{{- define "zonecache.secretName" -}}
{{- default (printf "%s-auth" (include "zonecache.zoneName" .)) (include "zonecache.existingSecret" .) -}}
{{- end -}}

{{/* "1GiB" or "1Gi" to mebibytes; the schema has checked the form. */}}
{{- define "zonecache.mebibytes" -}}
{{- $number := regexFind "^[0-9]+" . | int64 -}}
{{- $unit := regexFind "[A-Za-z]" . -}}
{{- if eq $unit "T" -}}{{ mul $number 1048576 }}
{{- else if eq $unit "G" -}}{{ mul $number 1024 }}
{{- else -}}{{ $number }}
{{- end -}}
{{- end -}}

{{- define "zonecache.diskSize" -}}
{{- $capacityMi := include "zonecache.mebibytes" (default .root.Values.capacity .zone.capacity) | int64 -}}
{{- default (printf "%dMi" (add $capacityMi (div $capacityMi 8) 1024)) .root.Values.persistence.size -}}
{{- end -}}
