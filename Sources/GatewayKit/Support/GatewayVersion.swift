/// The version of this gateway, as the CHANGELOG has it.
public enum GatewayVersion {
  public static let text = "0.1.0"
}
