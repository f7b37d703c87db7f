return Translator.Cli.CommandLine.Run(args);
