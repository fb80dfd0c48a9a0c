package barrage.load;

/** A listener that is given events as {@link EventsFrame}s, which cost thousands of them little. */
interface FrameListener extends RoomClient.Listener {
  /** In place of {@link #onEvents}. */
  void onFrame(EventsFrame frame);
}
