package barrage.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** One end of a non-blocking connection, which keeps what was not whole yet. */
abstract class Peer {
  /** A read, and what is copied for it, is no longer; a frame may be, up to {@link #MAX_BYTES}. */
  private static final int READ_BYTES = 256 << 10;

  private static final int MAX_BYTES = 8 << 20;
  private static final byte[] NOTHING = {};

  final SocketChannel channel;
  private SelectionKey key;
  private byte[] unread = NOTHING;
  private byte[] unsent = NOTHING;

  Peer(SocketChannel channel) {
    this.channel = channel;
  }

  /** What one thread reads with for all of its peers. */
  static final class Scratch {
    final byte[] bytes = new byte[MAX_BYTES];
    final ByteBuffer buffer = ByteBuffer.wrap(bytes);
    final Frames.Head head = new Frames.Head();
  }

  /**
   * Takes what has come.
   *
   * @return how much of it is used up; the rest comes again with more after it
   */
  abstract int onBytes(Scratch in, int end) throws IOException;

  /** The connection is gone. */
  abstract void onGone(String why);

  final void key(SelectionKey its) {
    key = its;
  }

  final void onReady(Scratch in) {
    try {
      if (key.isWritable()) {
        send(ByteBuffer.allocate(0));
      }
      if (key.isReadable()) {
        read(in);
      }
    } catch (IOException e) {
      gone(e.toString());
    }
  }

  private void read(Scratch in) throws IOException {
    int kept = unread.length;
    System.arraycopy(unread, 0, in.bytes, 0, kept);
    in.buffer.limit(Math.min(in.bytes.length, kept + READ_BYTES)).position(kept);
    int count = channel.read(in.buffer);
    if (count < 0) {
      gone("closed by the other side");
      return;
    }
    int end = kept + count;
    int used = onBytes(in, end);
    if (used == 0 && end == in.bytes.length) {
      throw new IOException("a frame of more than " + MAX_BYTES + " bytes");
    }
    unread = used == end ? NOTHING : Arrays.copyOfRange(in.bytes, used, end);
  }

  /** Sends all of it, now or when the socket takes more. */
  final void send(ByteBuffer bytes) throws IOException {
    if (unsent.length > 0) {
      ByteBuffer before = ByteBuffer.wrap(unsent);
      channel.write(before);
      unsent = Arrays.copyOfRange(unsent, before.position(), unsent.length);
    }
    if (unsent.length == 0) {
      channel.write(bytes);
    }
    if (bytes.hasRemaining()) {
      int kept = unsent.length;
      unsent = Arrays.copyOf(unsent, kept + bytes.remaining());
      bytes.get(unsent, kept, bytes.remaining());
    }
    int interest = SelectionKey.OP_READ | (unsent.length > 0 ? SelectionKey.OP_WRITE : 0);
    if (key.interestOps() != interest) {
      key.interestOps(interest);
    }
  }

  final boolean isOpen() {
    return channel.isOpen();
  }

  final void gone(String why) {
    if (channel.isOpen()) {
      close();
      onGone(why);
    }
  }

  /** Without a word. */
  final void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
