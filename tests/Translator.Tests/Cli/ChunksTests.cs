using Translator.Cli;
using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Cli;

public class ChunksTests
{
    [Fact]
    public void GroupsHoldSoManySentencesAndSoManyTokens()
    {
        Assert.Equal([2, 2, 1], Of(Sentences(1, 2, 3, 0, 5), 2).Select(chunk => chunk.Length));
        // Of 1,000 tokens each, 17 reach 16,384.
        Assert.Equal([17, 17, 17, 17, 2], Of(Sentences([.. Enumerable.Repeat(1000, 70)]), Chunks.MostSentences).Select(chunk => chunk.Length));
        Assert.Empty(Of([], 2));
    }

    [Fact]
    public void WhatComesBeforeBadInputIsAGroup()
    {
        var groups = new List<int>();

        var error = Assert.Throws<InputException>(() => groups.AddRange(Of(Broken(), 2).Select(chunk => chunk.Length)));

        Assert.Equal("broken off", error.Message);
        Assert.Equal([2, 1], groups);

        static IEnumerable<string[]> Broken()
        {
            foreach (var sentence in Sentences(1, 1, 1)) yield return sentence;
            throw new InputException("broken off");
        }
    }

    private static IEnumerable<string[][]> Of(IEnumerable<string[]> sentences, int most) => Chunks.Of(sentences, tokens => tokens.Length, most);

    private static IEnumerable<string[]> Sentences(params int[] lengths) => lengths.Select(length => new string[length]);
}
