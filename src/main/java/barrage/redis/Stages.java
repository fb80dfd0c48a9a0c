package barrage.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Stages put together that fail with what failed, bare. */
final class Stages {
  private Stages() {}

  /** All of them, in their order; fails when one does. */
  static <T> CompletionStage<List<T>> all(List<CompletionStage<T>> stages) {
    CompletionStage<List<T>> all = CompletableFuture.completedFuture(new ArrayList<>());
    for (CompletionStage<T> stage : stages) {
      all =
          all.thenCombine(
              stage,
              (list, one) -> {
                list.add(one);
                return list;
              });
    }
    return bare(all);
  }

  /** The same without the wrapping that dependent stages give a failure. */
  static <T> CompletionStage<T> bare(CompletionStage<T> stage) {
    CompletableFuture<T> bare = new CompletableFuture<>();
    stage.whenComplete(
        (value, fault) -> {
          if (fault == null) {
            bare.complete(value);
          } else if (fault instanceof CompletionException && fault.getCause() != null) {
            bare.completeExceptionally(fault.getCause());
          } else {
            bare.completeExceptionally(fault);
          }
        });
    return bare;
  }
}
