{{- define "zonecache.image" -}}
{{- with default .Values.image.registry .Values.global.imageRegistry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ .Values.image.repository }}
{{- with .Values.image.digest }}@{{ . }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end -}}
{{- end -}}

{{/* The key and a list, or nothing. Umbrella charts name global ones as text or as objects. */}}
{{- define "zonecache.pullSecrets" -}}
{{- $secrets := list -}}
{{- range concat .Values.global.imagePullSecrets .Values.image.pullSecrets -}}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- with $secrets | uniq -}}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* Some clusters give each namespace user ids of its own, and refuse pods that name others. */}}
{{- define "zonecache.podSecurity" -}}
{{- $mode := .Values.openshift.assignedUids -}}
{{- if or (eq $mode "always") (and (eq $mode "auto") (.Capabilities.APIVersions.Has "security.openshift.io/v1")) -}}
{{- toYaml (omit .Values.podSecurityContext "runAsUser" "runAsGroup" "fsGroup") -}}
{{- else -}}
{{- toYaml .Values.podSecurityContext -}}
{{- end -}}
{{- end -}}

{{/* What the pods of hooks have in common: they ask the nodes and nothing else. */}}
{{- define "zonecache.hookPod" -}}
restartPolicy: Never
automountServiceAccountToken: false
enableServiceLinks: false
{{ include "zonecache.pullSecrets" . }}
securityContext: {{- include "zonecache.podSecurity" . | nindent 2 }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* And their containers. */}}
{{- define "zonecache.hookContainer" -}}
image: {{ include "zonecache.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
resources:
  requests:
    cpu: 10m
    memory: 32Mi
  limits:
    memory: 64Mi
securityContext: {{- toYaml .Values.containerSecurityContext | nindent 2 }}
{{- end -}}

{{/*
The key and what keeps pods to the zone's hosts and nodes apart, or nothing. (dict "root" $ "zone" $zone "affinity" (dict ...) "antiAffinity" "hard"):
what is asked for holds besides. Terms of a node's selector are alternatives, so the zone goes into each.
*/}}
{{- define "zonecache.affinity" -}}
{{- $affinity := deepCopy .affinity -}}
{{- with .zone.topologyZone -}}
{{- $inZone := dict "key" "topology.kubernetes.io/zone" "operator" "In" "values" (list .) -}}
{{- $hosts := default dict $affinity.nodeAffinity -}}
{{- $required := default dict $hosts.requiredDuringSchedulingIgnoredDuringExecution -}}
{{- $terms := list -}}
{{- range default (list dict) $required.nodeSelectorTerms -}}
{{- $terms = append $terms (merge (dict "matchExpressions" (append (default list .matchExpressions) $inZone)) .) -}}
{{- end -}}
{{- $_ := set $hosts "requiredDuringSchedulingIgnoredDuringExecution" (dict "nodeSelectorTerms" $terms) -}}
{{- $_ := set $affinity "nodeAffinity" $hosts -}}
{{- end -}}
{{- if ne .antiAffinity "none" -}}
{{- $apart := default dict $affinity.podAntiAffinity -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "zonecache.selectorLabels" . | fromYaml)) -}}
{{- if eq .antiAffinity "hard" -}}
{{- $_ := set $apart "requiredDuringSchedulingIgnoredDuringExecution" (append (default list $apart.requiredDuringSchedulingIgnoredDuringExecution) $term) -}}
{{- else -}}
{{- $weighted := dict "weight" 100 "podAffinityTerm" $term -}}
{{- $_ := set $apart "preferredDuringSchedulingIgnoredDuringExecution" (append (default list $apart.preferredDuringSchedulingIgnoredDuringExecution) $weighted) -}}
{{- end -}}
{{- $_ := set $affinity "podAntiAffinity" $apart -}}
{{- end -}}
{{- with $affinity -}}
affinity: {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* The key and the constraints, or nothing. (dict "root" $ "zone" $zone) */}}
{{- define "zonecache.spread" -}}
{{- $constraints := deepCopy .root.Values.topologySpreadConstraints -}}
{{- $nodes := dict "matchLabels" (include "zonecache.selectorLabels" . | fromYaml) -}}
{{- range $constraints -}}
{{- if not (hasKey . "labelSelector") }}{{ $_ := set . "labelSelector" $nodes }}{{ end -}}
{{- end -}}
{{- with $constraints -}}
topologySpreadConstraints: {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/*
What a node reads at its start only, so that another value restarts it: the admin token of a Secret that the chart did not make, as far as Helm may
look into the cluster. Not the zone's secret: nodes of two secrets form no zone, so it is not to be changed one node at a time.
*/}}
{{- define "zonecache.authAnnotations" -}}
{{- with include "zonecache.existingSecret" . -}}
{{- $data := (lookup "v1" "Secret" $.root.Release.Namespace .).data | default dict -}}
{{- with index $data "admin-token" }}
checksum/admin-token: {{ sha256sum . }}
{{- end -}}
{{- end -}}
{{- with .root.Values.auth.rotation }}
zonecache.io/auth-rotation: {{ . | quote }}
{{- end -}}
{{- end -}}
