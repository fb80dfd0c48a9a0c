package barrage.redis;

import static org.awaitility.Awaitility.await;

import barrage.room.Commit;
import barrage.room.Store;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A follower that keeps what it hears. */
final class Collector implements Store.Follower {
  final List<Commit> commits = new CopyOnWriteArrayList<>();
  final AtomicInteger relinked = new AtomicInteger();
  private final long afterRevision;

  Collector() {
    this(0);
  }

  /** One that heeds what comes after a commit it knows of. */
  Collector(long afterRevision) {
    this.afterRevision = afterRevision;
  }

  @Override
  public void onCommit(Commit commit) {
    if (commit.revision() > afterRevision) {
      commits.add(commit);
    }
  }

  @Override
  public void onRelinked() {
    relinked.incrementAndGet();
  }

  /** The first so many, once there are so many. */
  List<Commit> take(int count) {
    await().until(() -> commits.size() >= count);
    return commits.subList(0, count);
  }
}
