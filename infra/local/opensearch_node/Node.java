import static org.codelibs.opensearch.runner.OpenSearchRunner.newConfigs;

import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One node without security: `java Node.java PORT FOLDER OWNER`. It ends with the process OWNER, a process id. */
public class Node {
    public static void main(String[] arguments) throws Exception {
        ProcessHandle owner = ProcessHandle.of(Long.parseLong(arguments[2])).orElseThrow();
        OpenSearchRunner runner = new OpenSearchRunner();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        owner.onExit().thenRun(() -> System.exit(0));
        runner.onBuild((number, settings) -> settings
                .put("discovery.type", "single-node")
                .put("network.host", "127.0.0.1")
                .put("http.port", arguments[0])
                .put("transport.port", "0")
                .put("cluster.routing.allocation.disk.threshold_enabled", false))
            .build(newConfigs().basePath(arguments[1]).numOfNode(1).disableESLogger()
                .pluginTypes("org.opensearch.knn.plugin.KNNPlugin"));
        new CountDownLatch(1).await();
    }

    private static void close(OpenSearchRunner runner) {
        try {
            runner.close();
        } catch (java.io.IOException error) {
            throw new java.io.UncheckedIOException(error);
        }
    }
}
