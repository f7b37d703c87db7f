namespace TorchAttention;

/// <summary>On which side shorter prompts of a batch are filled up.</summary>
public enum PaddingSide
{
    /// <summary>Before the first token: a prompt of n tokens takes the last n slots.</summary>
    Left,

    /// <summary>After the last token: a prompt of n tokens takes the first n slots.</summary>
    Right,
}
