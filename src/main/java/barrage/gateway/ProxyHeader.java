package barrage.gateway;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Learns from the header a proxy begins with (the PROXY protocol, version 1 or 2) for whom it
 * speaks, counts the socket as theirs, and gets out of the way.
 */
final class ProxyHeader extends ChannelInboundHandlerAdapter {
  private final Doorkeeper door;

  ProxyHeader(Doorkeeper door) {
    this.door = door;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof HAProxyMessage header)) {
      ctx.fireChannelRead(message);
      return;
    }
    InetAddress client = source(header);
    header.release();
    if (client != null && !door.admits(ctx.channel(), client)) {
      var unused = ctx.close();
    } else {
      ctx.pipeline().remove(this);
    }
  }

  /**
   * The client; {@code null} when the proxy speaks for itself, as it does to see if we are well.
   */
  private static @Nullable InetAddress source(HAProxyMessage header) {
    String address = header.sourceAddress();
    byte[] bytes = address == null ? null : NetUtil.createByteArrayFromIpAddressString(address);
    try {
      return bytes == null ? null : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      return null; // cannot be: it has the length of an address
    }
  }
}
