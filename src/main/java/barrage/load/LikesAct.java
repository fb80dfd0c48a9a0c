package barrage.load;

/** Taps of the like button at a rate. */
final class LikesAct implements Act {
  private final Stage stage;

  LikesAct(Stage stage) {
    this.stage = stage;
  }

  @Override
  public void begin(Stage.Span span) {
    Scenario.Likes likes = stage.scenario().likes();
    for (Shard shard : stage.shards()) {
      shard.execute(
          () ->
              shard.plan(
                  stage.atRate(likes.rate(), span, span.startNanos(), shard),
                  due -> {
                    LoadViewer viewer = shard.next(v -> v.tier() != null && v.isIn());
                    if (viewer != null) {
                      viewer.like(likes.taps());
                    }
                  }));
    }
  }
}
