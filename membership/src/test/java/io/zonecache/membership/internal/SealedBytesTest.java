package io.zonecache.membership.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.membership.PurgeDigest;
import io.zonecache.membership.ZoneSecret;
import io.zonecache.membership.Zones;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneView;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SealedBytesTest {

    private static final ZoneSecret SECRET = ZoneSecret.of("secret".getBytes(StandardCharsets.UTF_8));
    private static final MemberCard CARD =
            new MemberCard("instance", "127.0.0.1:5701", Zones.node("n1"), Zones.settings(3), true);

    private final Seal seal = new Seal(SECRET, Zones.ZONE);

    @Test
    void shouldReadBackWhatWasWritten() {
        PublishedView view = view(7);
        MemberNews news = new MemberNews(
                "instance",
                3,
                true,
                false,
                9,
                view.encoded().version(),
                12,
                Map.of("other", 4L),
                new PurgeDigest(3, -4));
        MemberNews first = new MemberNews("instance", 1, false, true, 0, null, -1, Map.of(), null);

        assertThat(Codec.card(Codec.encode(CARD))).isEqualTo(CARD);
        assertThat(Codec.news(Codec.encode(news))).isEqualTo(news);
        assertThat(Codec.news(Codec.encode(first))).isEqualTo(first);
        assertThat(Codec.view(Codec.encode(view))).isEqualTo(view);
    }

    @Test
    void shouldOpenOnlyItsOwnKindZoneAndSecret() {
        byte[] body = Codec.encode(CARD);
        byte[] sealed = seal.close(Seal.CARD, body);

        assertThat(seal.open(Seal.CARD, sealed)).isEqualTo(body);
        assertThat(seal.open(Seal.NEWS, sealed)).isNull();
        assertThat(new Seal(SECRET, "other").open(Seal.CARD, sealed)).isNull();
        assertThat(new Seal(ZoneSecret.NONE, Zones.ZONE).open(Seal.CARD, sealed))
                .isNull();
        byte[] otherKind = sealed.clone();
        otherKind[0] = Seal.NEWS;
        assertThat(seal.open(Seal.NEWS, otherKind)).isNull();
    }

    @Test
    void shouldOpenNoBytesWithOneBitChanged() {
        byte[] sealed = seal.close(Seal.VIEW, Codec.encode(view(7)));
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 4;
            assertThat(seal.open(Seal.VIEW, changed)).as("bit of byte %d", i).isNull();
        }
    }

    @Test
    void shouldRejectBytesThatAreCutOffOrDamagedWithoutAnyOtherFailure() {
        Random random = new Random(5);
        for (byte[] whole : List.of(Codec.encode(CARD), Codec.encode(view(7)))) {
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> Codec.view(cut)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> Codec.news(cut)).isInstanceOf(IllegalArgumentException.class);
                byte[] damaged = whole.clone();
                damaged[length] = (byte) random.nextInt();
                assertThat(readQuietly(damaged)).isTrue();
            }
        }
    }

    @Test
    void shouldRejectAnEpochThatWouldEndAllEpochs() {
        byte[] bytes = Codec.encode(view(Codec.MAX_EPOCH + 1));

        assertThatThrownBy(() -> Codec.view(bytes)).hasMessageContaining("epoch: 9007199254740993");
    }

    @Test
    void shouldCountAndDropWhatIsNotSealedReplayedOrOfAnotherZone() {
        Mailbox mailbox = new Mailbox(seal, Zones.ZONE);
        MemberNews second = new MemberNews("instance", 2, true, false, 0, null, -1, Map.of(), null);
        MemberNews earlier = new MemberNews("instance", 1, false, false, 0, null, -1, Map.of(), null);

        mailbox.receive(new byte[0]);
        mailbox.receive(new byte[] {1, 2, 3});
        mailbox.receive(seal.close((byte) 9, new byte[3]));
        mailbox.receive(seal.close(Seal.VIEW, new byte[3]));
        mailbox.receive(new Seal(ZoneSecret.NONE, Zones.ZONE).close(Seal.VIEW, Codec.encode(view(7))));
        mailbox.receive(seal.close(Seal.NEWS, Codec.encode(second)));
        mailbox.receive(seal.close(Seal.NEWS, Codec.encode(earlier)));

        assertThat(mailbox.rejected()).isEqualTo(6);
        assertThat(mailbox.takeView()).isNull();
        assertThat(mailbox.news("instance")).isEqualTo(second);
        assertThat(mailbox.drained()).containsExactly("instance");
    }

    @Test
    void shouldKeepOnlyTheNewestViewThatCameIn() {
        Mailbox mailbox = new Mailbox(seal, Zones.ZONE);

        for (long epoch : new long[] {7, 9, 8}) {
            mailbox.receive(seal.close(Seal.VIEW, Codec.encode(view(epoch))));
        }

        assertThat(mailbox.takeView()).isEqualTo(view(9));
        assertThat(mailbox.takeView()).isNull();
    }

    @Test
    void shouldCarryTheBasesOfAView() {
        PublishedView view = view(7).withBases(List.of(List.of("n1", "n3"), List.of("n2")));
        assertThat(Codec.view(Codec.encode(view))).isEqualTo(view);
    }

    private static boolean readQuietly(byte[] bytes) {
        try {
            Codec.card(bytes);
            Codec.view(bytes);
        } catch (IllegalArgumentException e) {
            return true;
        }
        return true;
    }

    static PublishedView view(long epoch) {
        return view(epoch, null);
    }

    static PublishedView view(long epoch, @Nullable String instance) {
        ZoneView view = new ZoneView(Zones.settings(2), epoch, List.of(Zones.node("n1"), Zones.node("n2")));
        return new PublishedView(
                ViewJson.encode(view), new TreeMap<>(Map.of("n1", instance == null ? "n1/1" : instance)));
    }
}
