package io.zonecache.client.internal.transport;

import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.File;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up in the hosts file, as it is at that moment, and then in the DNS, with servers, search domains and {@code ndots} of
 * {@code /etc/resolv.conf}. Vert.x's own resolver returns only the IPv4 addresses of a name that has some, and by default keeps answers for as long
 * as the DNS allows and the hosts file for ever; the JDK's blocks and keeps answers for 30 s.
 */
final class DnsHostLookup implements HostLookup {

    /** So that many connections opened at once make one query, and a name that has moved is found within seconds. */
    private static final int MAX_CACHE_SECONDS = 1;

    private static final File HOSTS_FILE = new File("/etc/hosts");
    private static final long QUERY_MILLIS = 1_000;

    /** For queries to several servers and in several search domains; an error inside the resolver would leave a lookup open for ever. */
    private static final long LOOKUP_MILLIS = 15_000;

    private final ContextInternal loop;
    private final File hostsFile;
    private final DnsServerAddressStreamProvider servers;
    private final long lookupMillis;

    /** Made at the first query: most clients know their nodes by address. */
    private @Nullable DnsNameResolver dns;

    /** @param loop on which queries run */
    DnsHostLookup(Context loop) {
        this(loop, HOSTS_FILE, DnsServerAddressStreamProviders.platformDefault(), LOOKUP_MILLIS);
    }

    DnsHostLookup(Context loop, File hostsFile, DnsServerAddressStreamProvider servers, long lookupMillis) {
        this.loop = (ContextInternal) loop;
        this.hostsFile = hostsFile;
        this.servers = servers;
        this.lookupMillis = lookupMillis;
    }

    @Override
    public Future<List<InetAddress>> addresses(String host) {
        return loop.owner()
                .executeBlocking(() -> inHostsFile(host), false)
                .compose(found -> found.isEmpty() ? inDns(host) : Future.succeededFuture(found));
    }

    private List<InetAddress> inHostsFile(String host) {
        HostsFileEntriesProvider entries = HostsFileEntriesProvider.parser().parseSilently(hostsFile);
        String name = host.toLowerCase(Locale.ROOT);
        List<InetAddress> found = new ArrayList<>(entries.ipv4Entries().getOrDefault(name, List.of()));
        found.addAll(entries.ipv6Entries().getOrDefault(name, List.of()));
        return found;
    }

    private Future<List<InetAddress>> inDns(String host) {
        Promise<List<InetAddress>> promise = Promise.promise();
        long timer = loop.owner()
                .setTimer(
                        lookupMillis,
                        id -> promise.tryFail(new TimeoutException("no answer in " + lookupMillis + " ms")));
        loop.runOnContext(turn -> {
            try {
                resolver().resolveAll(host).addListener(done -> {
                    try {
                        if (done.isSuccess()) {
                            promise.tryComplete(addresses(done.getNow()));
                        } else {
                            promise.tryFail(done.cause());
                        }
                    } catch (RuntimeException | Error e) {
                        promise.tryFail(e);
                    }
                });
            } catch (RuntimeException | Error e) {
                promise.tryFail(e);
            }
        });
        return promise.future().onComplete(done -> loop.owner().cancelTimer(timer));
    }

    private static List<InetAddress> addresses(Object answer) {
        List<InetAddress> addresses = new ArrayList<>();
        ((List<?>) answer).forEach(address -> addresses.add((InetAddress) address));
        return addresses;
    }

    private DnsNameResolver resolver() {
        DnsNameResolver known = dns;
        if (known != null) {
            return known;
        }
        VertxInternal vertx = loop.owner();
        DnsNameResolver made = new DnsNameResolverBuilder(loop.nettyEventLoop())
                .datagramChannelFactory(vertx.transport().datagramChannelFactory())
                .socketChannelFactory(() ->
                        (SocketChannel) vertx.transport().channelFactory(false).newChannel())
                .nameServerProvider(servers)
                .hostsFileEntriesResolver(new NoHostsFile())
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .completeOncePreferredResolved(false)
                .ttl(0, MAX_CACHE_SECONDS)
                .negativeTtl(0)
                .queryTimeoutMillis(QUERY_MILLIS)
                .build();
        dns = made;
        return made;
    }

    /** Skips the hosts file, which has been read before. */
    private static final class NoHostsFile implements HostsFileEntriesResolver {

        @Override
        public @Nullable InetAddress address(String host, ResolvedAddressTypes types) {
            return null;
        }
    }
}
