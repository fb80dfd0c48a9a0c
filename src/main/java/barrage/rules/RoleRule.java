package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Reason;
import barrage.core.Role;
import barrage.core.Terms;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may act at all.
 *
 * @param allowed the roles for each kind of action; all may do what is not named
 */
record RoleRule(Map<Action.Kind, Set<Role>> allowed) implements Rule {

  RoleRule(Section parameters) {
    this(read(parameters));
  }

  private static Map<Action.Kind, Set<Role>> read(Section parameters) {
    Map<Action.Kind, Set<Role>> allowed = new HashMap<>();
    for (String key : parameters.keys()) {
      Action.Kind.fromWire(key)
          .ifPresent(
              kind ->
                  allowed.put(kind, Set.copyOf(parameters.choices(key, "a role", Role::fromWire))));
    }
    return allowed;
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    Set<Role> roles = allowed.get(action.kind());
    if (roles == null && action instanceof Action.Ask) {
      roles = allowed.get(Action.Kind.ANY_ASK);
    }
    boolean may = roles == null || roles.contains(scene.viewer().role());
    return may ? Verdict.ALLOW : Verdict.refuse(Reason.FORBIDDEN);
  }
}
