// SPDX-License-Identifier: Apache-2.0
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** RC-1's decisions as core.c and audit.c take them, byte for byte. One object serves one partition; its parts are used
 * again for each event, so that the garbage collector is not what is measured. */
final class Core {
    static final int BUCKETS = 6, KINDS = 4, HISTORY = 8, FEATURES = 20, BINS = 16, STEPS = 8, BANDS = 4;
    static final int OUTPUT_SIZE = 200, LINK_SIZE = 34, STATE_SIZE = 168;
    static final long DAY_MS = 86400000L, FNV_PRIME = 1099511628211L, ACTION_BASE = 1469598103934665603L;
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final short[][] POINTS = new short[FEATURES][BINS];
    private static final byte[][][] NEXT = new byte[STEPS][KINDS][BANDS];

    static {
        int seed = 7;
        for (short[] row : POINTS) {
            for (int bin = 0; bin < BINS; bin++) {
                seed = seed * 1664525 + 1013904223;
                row[bin] = (short) ((seed >>> 24) % 41 - 20);
            }
        }
        for (byte[][] step : NEXT) {
            for (byte[] kind : step) {
                for (int band = 0; band < BANDS; band++) {
                    seed = seed * 1664525 + 1013904223;
                    kind[band] = (byte) ((seed >>> 24) & 31);
                }
            }
        }
    }

    static final class Event {
        byte[] bytes;
        long kind, amount, dueDay, atMs, sequence;
        int debtorAt, debtorSize, documentAt, documentSize, fillerAt, fillerSize;
        private int at;

        private long varint() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte next = bytes[at++];
                value |= (long) (next & 127) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        void decode(byte[] record) {
            bytes = record;
            at = 0;
            while (at < record.length) {
                int tag = (int) varint();
                long value = varint();
                switch (tag & 7) {
                    case 0 -> number(tag >>> 3, value);
                    case 2 -> span(tag >>> 3, (int) value);
                    default -> throw new IllegalArgumentException("bad event");
                }
            }
        }

        private void number(int field, long value) {
            switch (field) {
                case 1 -> kind = value;
                case 4 -> amount = value;
                case 5 -> dueDay = value;
                case 6 -> atMs = value;
                case 7 -> sequence = value;
                default -> { }
            }
        }

        private void span(int field, int size) {
            if (size < 0 || size > bytes.length - at) {
                throw new IllegalArgumentException("bad event");
            }
            switch (field) {
                case 2 -> { debtorAt = at; debtorSize = size; }
                case 3 -> { documentAt = at; documentSize = size; }
                case 8 -> { fillerAt = at; fillerSize = size; }
                default -> { }
            }
            at += size;
        }
    }

    static final class State {
        long lastSequence, open, overdue, paid, disputed, lastMs, lastAmount;
        final long[] bucket = new long[BUCKETS];
        int step, score, nextDueDay, epoch;
        final int[] count = new int[KINDS], delay = new int[HISTORY];

        byte[] encode() {
            byte[] b = new byte[STATE_SIZE];
            long[] longs = {lastSequence, bucket[0], bucket[1], bucket[2], bucket[3], bucket[4], bucket[5], open, overdue,
                            paid, disputed, lastMs, lastAmount};
            int at = 0;
            for (long value : longs) {
                LONGS.set(b, at, value);
                at += 8;
            }
            INTS.set(b, 104, step);
            INTS.set(b, 108, score);
            for (int i = 0; i < KINDS; i++) {
                INTS.set(b, 112 + 4 * i, count[i]);
            }
            INTS.set(b, 128, nextDueDay);
            INTS.set(b, 132, epoch);
            for (int i = 0; i < HISTORY; i++) {
                INTS.set(b, 136 + 4 * i, delay[i]);
            }
            return b;
        }

        static State decode(byte[] b) {
            State s = new State();
            s.lastSequence = (long) LONGS.get(b, 0);
            for (int i = 0; i < BUCKETS; i++) {
                s.bucket[i] = (long) LONGS.get(b, 8 + 8 * i);
            }
            s.open = (long) LONGS.get(b, 56);
            s.overdue = (long) LONGS.get(b, 64);
            s.paid = (long) LONGS.get(b, 72);
            s.disputed = (long) LONGS.get(b, 80);
            s.lastMs = (long) LONGS.get(b, 88);
            s.lastAmount = (long) LONGS.get(b, 96);
            s.step = (int) INTS.get(b, 104);
            s.score = (int) INTS.get(b, 108);
            for (int i = 0; i < KINDS; i++) {
                s.count[i] = (int) INTS.get(b, 112 + 4 * i);
            }
            s.nextDueDay = (int) INTS.get(b, 128);
            s.epoch = (int) INTS.get(b, 132);
            for (int i = 0; i < HISTORY; i++) {
                s.delay[i] = (int) INTS.get(b, 136 + 4 * i);
            }
            return s;
        }
    }

    final Event event = new Event();
    private final Writer out = new Writer(), packed = new Writer();
    private final byte[] bins = new byte[FEATURES];
    private final long[] feature = new long[FEATURES];
    private final MessageDigest sha256;
    private int channel;

    Core() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int bucketOf(long daysLate) {
        return daysLate <= 0 ? 0 : daysLate > 120 ? 5 : (int) (1 + (daysLate - 1) / 30);
    }

    private void effect(State s) {
        long[] bucket = s.bucket;
        switch ((int) event.kind) {
            case 1 -> {
                bucket[bucketOf(event.atMs / DAY_MS - event.dueDay)] += event.amount;
                s.open += event.amount;
                s.nextDueDay = (int) event.dueDay;
            }
            case 2 -> {
                long left = event.amount;
                for (int i = BUCKETS - 1; i >= 0; i--) {
                    long taken = Math.min(left, bucket[i]);
                    bucket[i] -= taken;
                    left -= taken;
                }
                s.open -= event.amount - left;
                s.paid += event.amount;
            }
            case 3 -> {
                for (int i = BUCKETS - 1; i >= 1; i--) {
                    long moved = bucket[i - 1] / 8;
                    bucket[i] += moved;
                    bucket[i - 1] -= moved;
                }
            }
            case 4 -> s.disputed = Math.min(s.disputed + event.amount, s.open);
            default -> throw new IllegalArgumentException("bad event");
        }
    }

    private void remember(State s) {
        s.overdue = s.bucket[1] + s.bucket[2] + s.bucket[3] + s.bucket[4] + s.bucket[5];
        s.count[(int) event.kind - 1]++;
        s.delay[s.epoch & 7] = (int) (event.atMs / DAY_MS - event.dueDay);
        s.epoch++;
        s.lastSequence = event.sequence;
        s.lastMs = event.atMs;
        s.lastAmount = event.amount;
    }

    private int score(State s) {
        long sum = 0, longest = 0;
        for (int delay : s.delay) {
            sum += delay;
            longest = Math.max(longest, delay);
        }
        long[] f = feature;
        System.arraycopy(s.bucket, 0, f, 0, BUCKETS);
        f[6] = s.open;
        f[7] = s.overdue;
        f[8] = s.paid;
        f[9] = s.disputed;
        f[10] = s.lastAmount;
        for (int i = 0; i < KINDS; i++) {
            f[11 + i] = s.count[i];
        }
        f[15] = sum;
        f[16] = longest;
        f[17] = s.epoch;
        f[18] = s.open - s.overdue;
        f[19] = s.step;
        int score = 600;
        for (int i = 0; i < FEATURES; i++) {
            int bin = f[i] <= 0 ? 0 : Math.min((64 - Long.numberOfLeadingZeros(f[i])) / 2, BINS - 1);
            bins[i] = (byte) bin;
            score += POINTS[i][bin];
        }
        return score;
    }

    /** False when the event was decided before. */
    boolean decide(State s) {
        if (event.sequence <= s.lastSequence) {
            return false;
        }
        effect(s);
        remember(s);
        s.score = score(s);
        int band = s.score < 550 ? 0 : s.score < 600 ? 1 : s.score < 650 ? 2 : 3;
        int next = NEXT[s.step][(int) event.kind - 1][band];
        s.step = next & 7;
        channel = next >> 3;
        return true;
    }

    private static final class Writer {
        final byte[] bytes = new byte[512];
        int at;

        void varint(long value) {
            while ((value & ~127L) != 0) {
                bytes[at++] = (byte) (value | 128);
                value >>>= 7;
            }
            bytes[at++] = (byte) value;
        }

        void number(int field, long value) {
            bytes[at++] = (byte) (field << 3);
            varint(value);
        }

        void bytes(int field, byte[] from, int start, int size) {
            bytes[at++] = (byte) (field << 3 | 2);
            varint(size);
            System.arraycopy(from, start, bytes, at, size);
            at += size;
        }

        void filler(int field, int size, Event event) {
            int left = size - at;
            if (left < 3) {
                return;
            }
            left = left - 2 < 128 ? left - 2 : left - 3;
            bytes[at++] = (byte) (field << 3 | 2);
            varint(left);
            while (left > 0) {
                int part = Math.min(left, event.fillerSize);
                System.arraycopy(event.bytes, event.fillerAt, bytes, at, part);
                at += part;
                left -= part;
            }
        }

        byte[] take() {
            byte[] taken = Arrays.copyOf(bytes, at);
            at = 0;
            return taken;
        }
    }

    private void names(int field) {
        out.bytes(field, event.bytes, event.debtorAt, event.debtorSize);
        out.bytes(field + 1, event.bytes, event.documentAt, event.documentSize);
    }

    byte[] fact(State s, int partition, long offset) {
        names(1);
        out.number(3, event.kind);
        out.number(4, s.step);
        out.number(5, s.score);
        out.number(6, s.open);
        out.number(7, s.overdue);
        packed.at = 0;
        for (long bucket : s.bucket) {
            packed.varint(bucket);
        }
        out.bytes(8, packed.bytes, 0, packed.at);
        out.number(9, s.epoch);
        out.number(10, event.atMs);
        out.bytes(11, bins, 0, FEATURES);
        out.number(12, event.sequence);
        out.number(13, partition);
        out.number(14, offset);
        out.filler(15, OUTPUT_SIZE, event);
        return out.take();
    }

    byte[] command(State s) {
        long id = ACTION_BASE;
        for (int i = 0; i < event.debtorSize; i++) {
            id = (id ^ (event.bytes[event.debtorAt + i] & 255)) * FNV_PRIME;
        }
        id = (id ^ event.sequence) * FNV_PRIME;
        id = (id ^ s.step) * FNV_PRIME;
        names(1);
        out.number(3, channel + 1);
        out.number(4, s.step);
        out.number(5, s.step * 4 + channel + 1);
        out.number(6, s.open);
        out.number(7, s.epoch);
        out.number(8, event.atMs);
        out.bytes[out.at++] = 9 << 3 | 1;
        LONGS.set(out.bytes, out.at, id);
        out.at += 8;
        out.filler(15, OUTPUT_SIZE, event);
        return out.take();
    }

    /** The audit record behind `head`; its last 32 bytes are the new head. */
    byte[] audit(State s, int partition, long offset, byte[] head) {
        out.number(1, partition);
        out.number(2, offset);
        names(3);
        out.number(5, event.kind);
        out.number(6, event.sequence);
        out.number(7, s.step);
        out.number(8, s.score);
        out.number(9, s.overdue);
        out.bytes(10, bins, 0, FEATURES);
        out.number(11, event.atMs);
        out.filler(14, OUTPUT_SIZE - LINK_SIZE, event);
        sha256.update(head);
        sha256.update(out.bytes, 0, out.at);
        out.bytes(15, sha256.digest(), 0, 32);
        return out.take();
    }
}
