package barrage.gateway;

import io.netty.buffer.ByteBuf;

/**
 * A frame that many are sent: ready bytes, and where they are in memory, looked up once for all.
 *
 * @param bytes whoever made this keeps them until it is sent to all
 * @param address of the first one; 0 when they are not in one place outside the heap
 * @param length in bytes
 */
record SharedFrame(ByteBuf bytes, long address, int length) {
  static SharedFrame of(ByteBuf bytes) {
    long address = bytes.hasMemoryAddress() ? bytes.memoryAddress() + bytes.readerIndex() : 0;
    return new SharedFrame(bytes, address, bytes.readableBytes());
  }

  /** The same bytes for one channel to write and to release. */
  ByteBuf another() {
    return bytes.retainedDuplicate();
  }
}
