// SPDX-License-Identifier: Apache-2.0
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/** RC-1 in Kafka Streams, exactly_once_v2; runs until it is stopped.
 *
 * usage: StreamsPeer SERVERS INPUT RUN rocks|memory cache|nocache THREADS FOLDER
 *
 * RUN names application, group and the topics RUN-facts, RUN-commands, RUN-audit; the changelog is
 * RUN-state-changelog. Why the settings are as they are: README.md. */
public final class StreamsPeer {
    private static final String[] OUTPUTS = {"facts", "commands", "audit"};

    private static final class Debtors implements Serde<Core.State>, Serializer<Core.State>, Deserializer<Core.State> {
        @Override
        public Serializer<Core.State> serializer() {
            return this;
        }

        @Override
        public Deserializer<Core.State> deserializer() {
            return this;
        }

        @Override
        public void configure(Map<String, ?> settings, boolean isKey) { }

        @Override
        public void close() { }

        @Override
        public byte[] serialize(String topic, Core.State state) {
            return state == null ? null : state.encode();
        }

        @Override
        public Core.State deserialize(String topic, byte[] bytes) {
            return bytes == null ? null : Core.State.decode(bytes);
        }
    }

    private static final class Decider implements Processor<Bytes, byte[], Bytes, byte[]> {
        private static final Bytes HEAD = Bytes.wrap("head".getBytes(StandardCharsets.UTF_8));
        private final Core core = new Core();
        private ProcessorContext<Bytes, byte[]> context;
        private KeyValueStore<Bytes, Core.State> debtors;
        private KeyValueStore<Bytes, byte[]> chain;
        private byte[] head;

        @Override
        public void init(ProcessorContext<Bytes, byte[]> given) {
            context = given;
            debtors = given.getStateStore("state");
            chain = given.getStateStore("chain");
            head = null;
        }

        private void forward(Record<Bytes, byte[]> record, byte[] value, String to) {
            context.forward(new Record<>(record.key(), value, record.timestamp()), to);
        }

        @Override
        public void process(Record<Bytes, byte[]> record) {
            if (head == null) {
                head = chain.get(HEAD);
                head = head == null ? new byte[32] : head;
            }
            core.event.decode(record.value());
            Core.State state = debtors.get(record.key());
            state = state == null ? new Core.State() : state;
            if (!core.decide(state)) {
                return;
            }
            var place = context.recordMetadata().orElseThrow();
            forward(record, core.fact(state, place.partition(), place.offset()), "facts");
            forward(record, core.command(state), "commands");
            byte[] audit = core.audit(state, place.partition(), place.offset(), head);
            forward(record, audit, "audit");
            head = Arrays.copyOfRange(audit, audit.length - 32, audit.length);
            chain.put(HEAD, head);
            debtors.put(record.key(), state);
        }
    }

    /** One block cache and one budget for the write buffers of all partitions' stores. */
    public static final class Rocks implements RocksDBConfigSetter {
        private static final Cache CACHE = new LRUCache(256L << 20);
        private static final WriteBufferManager BUFFERS = new WriteBufferManager(256L << 20, CACHE);

        @Override
        public void setConfig(String store, Options options, Map<String, Object> settings) {
            BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
            table.setBlockCache(CACHE);
            table.setFilterPolicy(new BloomFilter(10));
            options.setTableFormatConfig(table);
            options.setWriteBufferManager(BUFFERS);
            options.setWriteBufferSize(16L << 20);
            options.setMaxWriteBufferNumber(3);
            options.setCompressionType(CompressionType.LZ4_COMPRESSION);
        }

        @Override
        public void close(String store, Options options) { }
    }

    private static Topology topology(String input, String run, boolean rocks, boolean cache) {
        KeyValueBytesStoreSupplier store =
            rocks ? Stores.persistentKeyValueStore("state") : Stores.inMemoryKeyValueStore("state");
        var debtors = Stores.keyValueStoreBuilder(store, Serdes.Bytes(), new Debtors());
        // Cached in any case: one record for each partition and commit, as ours.
        var chain = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("chain"), Serdes.Bytes(),
                                                Serdes.ByteArray()).withCachingEnabled();
        Topology topology = new Topology();
        topology.addSource("in", Serdes.Bytes().deserializer(), Serdes.ByteArray().deserializer(), input);
        topology.addProcessor("decider", Decider::new, "in");
        topology.addStateStore(cache ? debtors.withCachingEnabled() : debtors.withCachingDisabled(), "decider");
        topology.addStateStore(chain, "decider");
        for (String output : OUTPUTS) {
            topology.addSink(output, run + "-" + output, Serdes.Bytes().serializer(), Serdes.ByteArray().serializer(),
                             "decider");
        }
        return topology;
    }

    private static Properties settings(String servers, String run, String threads, String folder) {
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, run);
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.parseInt(threads));
        p.put(StreamsConfig.STATE_DIR_CONFIG, folder);
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 256L << 20);
        p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5000);
        p.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, Rocks.class);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 20);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 128L << 20);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10000);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 50);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // Our own member has a fixed name, too: whoever comes back after a death need not wait for the session to end.
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), run);
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10000);
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 1000);
        return p;
    }

    public static void main(String[] a) {
        if (a.length != 7) {
            System.err.println("usage: StreamsPeer SERVERS INPUT RUN rocks|memory cache|nocache THREADS FOLDER");
            System.exit(2);
        }
        KafkaStreams streams = new KafkaStreams(topology(a[1], a[2], a[3].equals("rocks"), a[4].equals("cache")),
                                                settings(a[0], a[2], a[5], a[6]));
        streams.setUncaughtExceptionHandler(failure -> {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }
}
