package io.zonecache.server.command;

import io.zonecache.server.config.FormerNames;
import io.zonecache.server.config.FormerNames.FormerName;
import io.zonecache.server.config.Setting;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Gives the command one option for each {@link Setting}, so that none is spelled twice. */
public final class ServeOptions implements IModelTransformer {

    @Override
    public CommandSpec transform(CommandSpec command) {
        for (Setting setting : Setting.values()) {
            command.addOption(option(setting.flag(), setting)
                    .description(description(setting))
                    .build());
        }
        addFormer(command, FormerNames.ALL);
        return command.addOption(OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .usageHelp(true)
                .description("Show this help and exit.")
                .build());
    }

    /** Old names are taken, and not shown. */
    static void addFormer(CommandSpec command, FormerNames formerNames) {
        for (FormerName former : formerNames.names()) {
            command.addOption(
                    option(former.flag(), former.setting()).hidden(true).build());
        }
    }

    private static OptionSpec.Builder option(String flag, Setting setting) {
        return OptionSpec.builder(flag)
                .paramLabel(setting.placeholder())
                .type(String.class)
                .arity(setting == Setting.REPLACE_SETTINGS ? "0..1" : "1")
                .fallbackValue(setting == Setting.REPLACE_SETTINGS ? "true" : "");
    }

    private static String description(Setting setting) {
        String fallback = setting.defaultText();
        String text = setting.description();
        return (fallback == null ? text : text + " Default: " + fallback + ".").replace("%", "%%");
    }
}
