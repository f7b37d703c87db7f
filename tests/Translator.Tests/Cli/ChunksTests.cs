using Translator.Cli;
using Translator.Corpus;
using Xunit;

namespace Translator.Tests.Cli;

public class ChunksTests
{
    [Fact]
    public void GroupsHoldSoManySentencesAndSoManyTokens()
    {
        Assert.Equal([2, 2, 1], Chunks.Of(Sentences(1, 2, 3, 0, 5), most: 2).Select(chunk => chunk.Length));
        // Of 1,000 tokens each, 33 reach 32,768.
        Assert.Equal([33, 33, 4], Chunks.Of(Sentences([.. Enumerable.Repeat(1000, 70)])).Select(chunk => chunk.Length));
        Assert.Empty(Chunks.Of([]));
    }

    [Fact]
    public void WhatComesBeforeBadInputIsAGroup()
    {
        var groups = new List<int>();

        var error = Assert.Throws<InputException>(() => groups.AddRange(Chunks.Of(Broken(), most: 2).Select(chunk => chunk.Length)));

        Assert.Equal("broken off", error.Message);
        Assert.Equal([2, 1], groups);

        static IEnumerable<string[]> Broken()
        {
            foreach (var sentence in Sentences(1, 1, 1)) yield return sentence;
            throw new InputException("broken off");
        }
    }

    private static IEnumerable<string[]> Sentences(params int[] lengths) => lengths.Select(length => new string[length]);
}
