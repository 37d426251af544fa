/** What Vite's build resolves by itself. */
declare module "*?worker&url" {
  const address: string;
  export default address;
}
declare module "*.css";
