import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Kafka's own message classes behind a pipe. It begins with the list of all of them: a line `class low high` each, then an empty one.
 * A question is [size int32][kind int8][class int16][version int16][bytes]: kind 0 is bytes to read, 1 is JSON to turn into bytes,
 * 2 as 0 but without JSON in the answer. An answer is [size int32][status int8]: 0 and [bytes left int32][length int32][bytes
 * written again][JSON], 1 and why it could not be read, 2 and why, once read, it could not be written again.
 */
public class CodecRunner {
    private static final class Kind {
        final Class<?> type;
        final Method toJson;
        final Method fromJson;

        Kind(String name) throws Exception {
            type = Class.forName(name);
            Class<?> converter = Class.forName(name + "JsonConverter");
            toJson = converter.getMethod("write", type, short.class, boolean.class);
            fromJson = converter.getMethod("read", JsonNode.class, short.class);
        }

        Message make() throws Exception {
            return (Message) type.getConstructor().newInstance();
        }
    }

    private static final List<Kind> KINDS = new ArrayList<>();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        DataOutputStream output = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
        DataInputStream input = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        output.write(list().getBytes(StandardCharsets.UTF_8));
        output.flush();
        for (;;) {
            if (input.available() == 0) output.flush();
            int size;
            try {
                size = input.readInt();
            } catch (java.io.EOFException end) {
                return;
            }
            byte question = input.readByte();
            Kind kind = KINDS.get(input.readShort());
            short version = input.readShort();
            byte[] bytes = input.readNBytes(size - 5);
            answer(output, question, kind, version, bytes);
        }
    }

    private static String list() throws Exception {
        StringBuilder text = new StringBuilder();
        List<String> names = new ArrayList<>();
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!jar.contains("kafka")) continue;
            try (ZipFile zip = new ZipFile(jar)) {
                zip.stream().map(entry -> entry.getName()).filter(name -> name.matches(".*/\\w+JsonConverter.class"))
                    .forEach(name -> names.add(name.substring(0, name.length() - "JsonConverter.class".length()).replace('/', '.')));
            }
        }
        names.sort(null);
        for (String name : names) {
            Kind kind = new Kind(name);
            Message message = kind.make();
            KINDS.add(kind);
            text.append(name).append(' ').append(message.lowestSupportedVersion()).append(' ').append(message.highestSupportedVersion()).append('\n');
        }
        return text.append('\n').toString();
    }

    private static void answer(DataOutputStream output, byte question, Kind kind, short version, byte[] bytes) throws Exception {
        int status = 1;
        try {
            int left = 0;
            Message message;
            if (question == 1) message = (Message) invoke(kind.fromJson, MAPPER.readTree(bytes), version);
            else {
                message = kind.make();
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                message.read(new ByteBufferAccessor(buffer), version);
                left = buffer.remaining();
            }
            status = 2;
            ObjectSerializationCache cache = new ObjectSerializationCache();
            ByteBuffer written = ByteBuffer.allocate(message.size(cache, version));
            message.write(new ByteBufferAccessor(written), cache, version);
            byte[] json = question == 2 ? new byte[0] : MAPPER.writeValueAsBytes(invoke(kind.toJson, message, version, false));
            output.writeInt(1 + 4 + 4 + written.position() + json.length);
            output.writeByte(0);
            output.writeInt(left);
            output.writeInt(written.position());
            output.write(written.array(), 0, written.position());
            output.write(json);
        } catch (Throwable problem) {
            byte[] reason = String.valueOf(problem).getBytes(StandardCharsets.UTF_8);
            output.writeInt(1 + reason.length);
            output.writeByte(status);
            output.write(reason);
        }
    }

    private static Object invoke(Method method, Object... values) throws Throwable {
        try {
            return method.invoke(null, values);
        } catch (InvocationTargetException wrapped) {
            throw wrapped.getCause();
        }
    }
}
