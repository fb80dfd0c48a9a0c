package barrage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

/** Who may know whom; src/site/markdown/design.md draws the same arrows. */
@AnalyzeClasses(packages = "barrage", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule arrows =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("core")
          .definedBy("barrage.core")
          .layer("config")
          .definedBy("barrage.config..")
          .layer("rules")
          .definedBy("barrage.rules..")
          .layer("wire")
          .definedBy("barrage.wire..")
          .layer("activity")
          .definedBy("barrage.activity..")
          .layer("room")
          .definedBy("barrage.room..")
          .layer("redis")
          .definedBy("barrage.redis..")
          .layer("gateway")
          .definedBy("barrage.gateway..")
          .layer("load")
          .definedBy("barrage.load..")
          .layer("wiring")
          .definedBy("barrage")
          .whereLayer("core")
          .mayNotAccessAnyLayer()
          .whereLayer("wire")
          .mayOnlyAccessLayers("core")
          .whereLayer("config")
          .mayOnlyAccessLayers("core")
          .whereLayer("rules")
          .mayOnlyAccessLayers("core", "config")
          .whereLayer("activity")
          .mayOnlyAccessLayers("core", "wire", "config")
          .whereLayer("room")
          .mayOnlyAccessLayers("core", "rules", "wire", "activity")
          .whereLayer("redis")
          .mayOnlyAccessLayers("core", "wire", "room", "activity")
          .whereLayer("gateway")
          .mayOnlyAccessLayers("core", "wire", "room", "activity")
          .whereLayer("load")
          .mayOnlyAccessLayers("core", "wire", "config", "activity");

  @ArchTest
  static final ArchRule theRingKnowsTheSeamAndNoKind =
      noClasses()
          .that()
          .resideInAnyPackage("barrage.room..", "barrage.redis..", "barrage.gateway..")
          .or()
          .resideInAnyPackage("barrage.load..", "barrage.rules..", "barrage.activity")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("barrage.activity.(*)..");

  @ArchTest
  static final ArchRule kindsDoNotKnowEachOther =
      slices()
          .matching("barrage.activity.(*)..")
          .should()
          .notDependOnEachOther()
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule coreIsTheJdkAlone =
      noClasses()
          .that()
          .resideInAPackage("barrage.core")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "java.lang..",
              "java.util",
              "java.util.function",
              "java.util.stream",
              "java.math",
              "java.security",
              "java.nio..",
              "java.time..",
              "javax.crypto..",
              "barrage.core",
              "org.jspecify..");

  @ArchTest static final ArchRule coreHasNoCircleOfClasses = noCircleIn("barrage.core");

  @ArchTest static final ArchRule wireHasNoCircleOfClasses = noCircleIn("barrage.wire");

  @ArchTest static final ArchRule rulesHasNoCircleOfClasses = noCircleIn("barrage.rules");

  @ArchTest static final ArchRule configHasNoCircleOfClasses = noCircleIn("barrage.config");

  @ArchTest static final ArchRule roomHasNoCircleOfClasses = noCircleIn("barrage.room");

  @ArchTest static final ArchRule redisHasNoCircleOfClasses = noCircleIn("barrage.redis");

  @ArchTest static final ArchRule seamHasNoCircleOfClasses = noCircleIn("barrage.activity");

  @ArchTest
  static final ArchRule ballotHasNoCircleOfClasses = noCircleIn("barrage.activity.ballot");

  @ArchTest
  static final ArchRule packetHasNoCircleOfClasses = noCircleIn("barrage.activity.packet");

  /** A class with all that is nested in it counts as one. */
  private static ArchRule noCircleIn(String packageName) {
    return slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass each) {
                return each.getPackageName().equals(packageName)
                    ? SliceIdentifier.of(outermost(each).getSimpleName())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "each class of " + packageName;
              }
            })
        .should()
        .beFreeOfCycles();
  }

  private static JavaClass outermost(JavaClass nested) {
    return nested.getEnclosingClass().map(ArchitectureTest::outermost).orElse(nested);
  }
}
