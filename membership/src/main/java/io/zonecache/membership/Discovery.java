package io.zonecache.membership;

import java.util.List;

/** How a node finds the others. */
public sealed interface Discovery {

    /** {@code host:port} of the nodes' cluster ports; this node's own may be among them. None: the node is alone. */
    record Hosts(List<String> peers) implements Discovery {
        public Hosts {
            peers = List.copyOf(peers);
        }
    }

    /** A headless service that resolves to the nodes' addresses, all with this node's cluster port. Needs no right in the cluster. */
    record KubernetesDns(String serviceDns) implements Discovery {}

    /** The endpoints of a service, asked of the Kubernetes API with the pod's service account. */
    record KubernetesApi(String namespace, String serviceName) implements Discovery {}
}
