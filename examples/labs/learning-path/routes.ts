// #region routes
/** 三条路线各以哪几节为目标；读完目标节，这条路线就算走完。 */
export const routes = [
  { name: "应用路线", goals: ["13.2"] },
  { name: "算法路线", goals: ["5.4", "4.3", "9.2"] },
  { name: "系统路线", goals: ["3.2", "6.1", "6.3"] },
] as const;
// #endregion
