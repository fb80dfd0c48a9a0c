package barrage.gateway;

import barrage.core.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.params.aggregator.AggregateWith;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.aggregator.ArgumentsAggregator;

/**
 * What a call is answered to each role. In a table of tests these are the last columns: {@code
 * viewer, moderator, streamer, service, admin}.
 */
record StatusByRole(Map<Role, Integer> statuses) {
  private static final List<Role> COLUMNS =
      List.of(Role.VIEWER, Role.MODERATOR, Role.STREAMER, Role.SERVICE, Role.ADMIN);

  /** Marks the parameter that takes these columns. */
  @Target(ElementType.PARAMETER)
  @Retention(RetentionPolicy.RUNTIME)
  @AggregateWith(Columns.class)
  @interface InColumns {}

  static final class Columns implements ArgumentsAggregator {
    @Override
    public StatusByRole aggregateArguments(ArgumentsAccessor row, ParameterContext parameter) {
      int first = row.size() - COLUMNS.size();
      Map<Role, Integer> statuses = new TreeMap<>();
      for (int i = 0; i < COLUMNS.size(); i++) {
        statuses.put(COLUMNS.get(i), row.getInteger(first + i));
      }
      return new StatusByRole(statuses);
    }
  }
}
