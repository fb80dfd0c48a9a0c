package barrage.gateway;

import org.jspecify.annotations.Nullable;

/**
 * The calls of HTTP that wait for a room or the store: so many at a time of all, and together with
 * what is asked over WebSocket so many of one address. A download takes as long as its reader does,
 * so there are places for downloads apart. Safe for any thread.
 */
final class HttpLine {
  /** Each holds a page at a time, of a hundred kilobytes or two. */
  static final int MAX_DOWNLOADS = 64;

  static final int MAX_DOWNLOADS_PER_ADDRESS = 8;

  private final GatewayConfig config;
  private final Places calls = new Places();
  private final Places downloads = new Places();

  HttpLine(GatewayConfig config) {
    this.config = config;
  }

  /**
   * Takes a place for a call.
   *
   * @param address of the caller; {@code null}: it does not count
   * @return {@code null} when there is none
   */
  @Nullable Place enter(@Nullable Address address) {
    GatewayConfig.Entrance bounds = config.entrance();
    if (!calls.take(config.bound(bounds.maxHttpRequests()))) {
      return null;
    }
    if (address != null && !address.begin(config.bound(bounds.maxRequestsPerAddress()))) {
      calls.giveBack(1);
      return null;
    }
    return new Place(address);
  }

  /** The place of one call, to be left. Confined to the loop of its connection. */
  final class Place {
    private final @Nullable Address address;
    private boolean downloading;

    private Place(@Nullable Address address) {
      this.address = address;
    }

    /** Changes it for one among the downloads; {@code false}: there is none. */
    boolean beginDownload() {
      if (!downloads.take(config.bound(MAX_DOWNLOADS))) {
        return false;
      }
      if (address != null && !address.downloads().take(config.bound(MAX_DOWNLOADS_PER_ADDRESS))) {
        downloads.giveBack(1);
        return false;
      }
      downloading = true;
      calls.giveBack(1);
      return true;
    }

    /** Gives it back; called once. */
    void leave() {
      if (downloading) {
        downloads.giveBack(1);
      } else {
        calls.giveBack(1);
      }
      if (address != null) {
        if (downloading) {
          address.downloads().giveBack(1);
        }
        address.end();
      }
    }
  }
}
